import JetCertificateCommand

@main
enum Main {
    static func main() async { await JetCertificate.main() }
}
