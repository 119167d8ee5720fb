import JetCommand

@main
enum Main {
    static func main() async { await JetProgram.main() }
}
