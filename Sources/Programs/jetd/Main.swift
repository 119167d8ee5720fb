import JetdCommand

@main
enum Main {
    static func main() async { await Jetd.main() }
}
