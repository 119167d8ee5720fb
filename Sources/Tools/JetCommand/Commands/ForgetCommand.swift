import ArgumentParser
import Digests
import JSONText

/// `jet forget`: removes a daemon from the file of known daemons.
struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Forget the key of a daemon on another machine.",
        discussion: """
            Removes the lines of the host from the file of known daemons. Use it after the key of the daemon has changed \
            for a reason that you know; the next connection asks again. The key pair of this user and the contexts stay.

            With --json: {"address", "fingerprint", "paired"} for each line that was removed.

            Examples:
              jet forget shed.local
              jet forget 192.0.2.7:11200
            """)

    @Argument(
        help: "The host, with or without a port.", completion: .custom { _, _, _ in Self.addresses })
    var host: String

    @OptionGroup var output: OutputOptions

    private static var addresses: [String] {
        ((try? KnownDaemons(in: .own))?.entries.map(\.address.shortest) ?? []).filter(PathCompletion.isHarmless)
            .sorted()
    }

    func validate() throws {
        guard DaemonAddress(parsing: host) != nil else { throw ValidationError("'\(host)' is not a host.") }
    }

    func run() async throws {
        guard let address = DaemonAddress(parsing: host) else { return }
        let folder = UserFolder.own
        let forgotten = try KnownDaemons.update(in: folder) { $0.forget(address) }
        guard !forgotten.isEmpty else {
            throw Failure(
                .nothingMatched, "There is no daemon at \(address) in \(folder.file(KnownDaemons.fileName)).")
        }
        if output.json {
            return try output.write(
                forgotten.map { entry in
                    [
                        "address": .string(entry.address.description),
                        "fingerprint": .string(entry.fingerprint.description), "paired": .boolean(entry.isPaired),
                    ]
                })
        }
        StandardOutput.say("\(address) is forgotten.")
    }
}
