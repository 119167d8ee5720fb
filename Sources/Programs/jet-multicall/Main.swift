import Glibc
import JetAgentCommand
import JetAnnounceCommand
import JetCertificateCommand
import JetCommand
import JetNetworkCommand
import JetTLSCommand
import JetUpdateCommand
import JetdCommand

/// All programs of Jet in one file, so that shared code exists once, on disk and in memory. It runs
/// the program whose name it is called by, through a symbolic link.
@main
enum Multicall {
    static func main() async {
        let called = CommandLine.arguments.first ?? ""
        switch called.split(separator: "/").last {
        case "jetd": await Jetd.main()
        case "jet-agent": await JetAgentProgram.main()
        case "jet": await JetProgram.main()
        case "jet-network": await JetNetwork.main()
        case "jet-update": JetUpdate.main()
        case "jet-tls": await JetTLS.main()
        case "jet-certificate": await JetCertificate.main()
        case "jet-announce": await JetAnnounce.main()
        default:
            complain(
                """
                '\(called)' is not a program of Jet; call it jetd, jet-agent, jet, jet-network, jet-update, jet-tls, \
                jet-certificate or jet-announce
                """)
            exit(2)
        }
    }

    private static func complain(_ text: String) {
        let line = Array("jet-multicall: \(text)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
