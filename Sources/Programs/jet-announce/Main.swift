import JetAnnounceCommand

@main
enum Main {
    static func main() async { await JetAnnounce.main() }
}
