import JetTLSCommand

@main
enum Main {
    static func main() async { await JetTLS.main() }
}
