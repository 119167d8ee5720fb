import JetNetworkCommand

@main
enum Main {
    static func main() async { await JetNetwork.main() }
}
