import Glibc
import Jet
import JetProtocol
import JetUsers
import TestSupport

/// A bus for one test: a `jetd` of its own in a folder of its own, a peer to own elements, and the `jet` to be tried.
final class TestBus {
    /// How a run of `jet` ended.
    struct Outcome {
        let status: Int32
        let output: String
        let error: String
        /// The lines of the output.
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    private let folder: String
    private var daemon: ChildProcess
    /// Where the daemon listens.
    let endpoint: Endpoint
    /// A peer of this process.
    let peer: Peer
    /// Where `jet` keeps contexts and known daemons.
    let home: TemporaryFolder
    /// Where a users file can be.
    var usersFile: UserFile { UserFile(folder + "/users.json") }

    /// A bus; with the user `john`, whose password is `john's`, in the group `johns`, if that is wanted.
    init(withUsers: Bool = false) async throws {
        var template = Array("/tmp/jet-command-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Descriptors.Failed("mkdtemp") }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        home = try TemporaryFolder()
        endpoint = .unix(path: folder + "/jet.sock")
        if withUsers {
            let hash = try Crypt.hash(Secret("john's"), by: Crypt.Method(prefix: "$5$", cost: 1000))
            try UserFile(folder + "/users.json").update(creating: true) {
                $0["john"] = User(hash: hash, groups: Groups(fetch: ["johns"]))
            }
        }
        daemon = try await Self.daemon(at: endpoint, users: withUsers ? folder + "/users.json" : nil)
        peer = try await Peer.connect(to: endpoint)
    }

    deinit {
        unlink(folder + "/jet.sock")
        rmdir(folder)
    }

    private static func daemon(at endpoint: Endpoint, users: String? = nil) async throws -> ChildProcess {
        guard case .unix(let path) = endpoint else { throw Descriptors.Failed("unix", EINVAL) }
        let daemon = try ChildProcess(
            binary("jetd"), ["--unix-path", path, "--log-level", "error"] + (users.map { ["--users", $0] } ?? []))
        try await daemon.wait { $0.contains("listening") }
        return daemon
    }

    /// A program built with these tests: it is where they are.
    static func binary(_ name: String) throws -> String {
        try ChildProcess.path(ofProduct: name)
    }

    /// Starts `jet` with `arguments`; it finds the bus by its environment.
    func start(
        _ arguments: [String], environment: [String: String] = [:], streams: ChildProcess.Streams = .pipes
    ) throws -> ChildProcess {
        let variables = [
            "JET_CONNECT": endpoint.description, "XDG_RUNTIME_DIR": folder, "XDG_CONFIG_HOME": home.path,
            "TERM": "xterm",
            "TZ": "UTC",
        ]
        return try ChildProcess(
            Self.binary("jet"), arguments, environment: variables.merging(environment) { $1 }, streams: streams)
    }

    /// Runs `jet` with `arguments` to its end.
    func jet(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
        let process = try start(arguments, environment: environment)
        let status = try await process.end()
        return Outcome(status: status, output: process.text(), error: process.text(.error))
    }

    /// Ends the daemon.
    func stopDaemon() async throws {
        daemon.send(SIGTERM)
        try await daemon.end()
    }

    /// Starts it again at the same place.
    func restartDaemon() async throws {
        try await stopDaemon()
        daemon = try await Self.daemon(at: endpoint)
    }
}
