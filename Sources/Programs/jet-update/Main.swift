import JetUpdateCommand

@main
enum Main {
    static func main() { JetUpdate.main() }
}
