import DeviceCertificate
import Files
import Glibc
import Jet
import JetProtocol
import JetUsers
import Moments
import TestSupport

@testable import JetCommand

/// A device for one test: `jetd` and `jet-tls` of its own, and another machine's `jet` with a folder of its own.
final class TestDevice {
    private let folder: TemporaryFolder
    /// Where the other machine's `jet` keeps what it knows.
    let home: TemporaryFolder
    private let gatewaySocket: Int32
    private let localSocket: Int32
    private let daemon: ChildProcess
    private var gateway: ChildProcess
    /// The port of `jet-tls`.
    private(set) var port = 0
    /// The daemon's socket for this machine.
    let local: Endpoint

    /// The device's certificate.
    var certificate: DeviceCertificate { DeviceCertificate(folder: folder.path + "/tls") }
    /// The address for the command line.
    var host: String { "127.0.0.1:\(port)" }
    /// The other machine's folder.
    var userFolder: UserFolder { UserFolder(home.path + "/jet") }
    /// The users of the device.
    var users: UserFile { UserFile(folder.path + "/users.json") }

    /// A device with a user `john`, whose password is `john's`.
    ///
    /// - Parameter now: The time at which its certificate is made.
    init(at now: Moment = .now) async throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        home = try TemporaryFolder()
        let hash = try Crypt.hash(Secret("john's"), by: Crypt.Method(prefix: "$5$", cost: 1000))
        try UserFile(folder.path + "/users.json").update(creating: true) {
            $0["john"] = User(hash: hash, groups: Groups(fetch: ["johns"]))
        }
        try File.replace(
            folder.path + "/jetd.toml", with: Array("[remote]\ngateways = [\"user:\(getuid())\"]\n".utf8), mode: 0o600)
        _ = try DeviceCertificate(folder: folder.path + "/tls").ensure(
            names: CertificateNames(hosts: ["localhost"], addresses: ["127.0.0.1"]), at: now)
        local = .unix(path: folder.path + "/jet.sock")
        localSocket = try Self.listen(folder.path + "/jet.sock")
        gatewaySocket = try Self.listen(folder.path + "/gateway.sock")
        daemon = try ChildProcess(
            "/bin/sh",
            [
                "-c", #"export LISTEN_PID=$$; exec "$@""#, "sh", TestBus.binary("jetd"), "--config",
                folder.path + "/jetd.toml", "--users", folder.path + "/users.json", "--log-level", "error",
            ], environment: ["LISTEN_FDS": "2", "LISTEN_FDNAMES": "unix:gateway"],
            descriptors: [localSocket, gatewaySocket])
        try await daemon.wait { $0.contains("listening") }
        gateway = try Self.gateway(folder.path, port: 0)
        port = try await Self.port(of: gateway)
    }

    deinit {
        close(localSocket)
        close(gatewaySocket)
    }

    private static func listen(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound, Glibc.listen(descriptor, 100) == 0 else { throw Descriptors.Failed("bind") }
        return descriptor
    }

    private static func gateway(_ folder: String, port: Int) throws -> ChildProcess {
        try ChildProcess(
            TestBus.binary("jet-tls"),
            [
                "--listen", "127.0.0.1:\(port)", "--daemon", folder + "/gateway.sock", "--certificate",
                folder + "/tls/certificate.pem", "--key", folder + "/tls/certificate.key", "--log-level", "error",
            ])
    }

    private static func port(of gateway: ChildProcess) async throws -> Int {
        try await gateway.wait { $0.contains("listening") }
        let port = gateway.text().split(separator: "\n").first?.split(separator: ":").last.flatMap { Int($0) }
        guard let port else { throw Descriptors.Failed("listening", EINVAL) }
        return port
    }

    /// Starts `jet-tls` again at the same port, after the certificate was changed.
    func restartGateway() async throws {
        gateway.send(SIGTERM)
        try await gateway.end()
        gateway = try Self.gateway(folder.path, port: port)
        try await gateway.wait { $0.contains("listening") }
    }

    /// Starts the other machine's `jet`.
    func start(
        _ arguments: [String], environment: [String: String] = [:], streams: ChildProcess.Streams = .pipes
    ) throws -> ChildProcess {
        let variables = ["XDG_CONFIG_HOME": home.path, "XDG_RUNTIME_DIR": "/nowhere", "TERM": "xterm", "TZ": "UTC"]
        // The handshakes of TLS take long while other tests run.
        let isOffline =
            ["context", "forget", "tls"].contains(arguments[0]) || arguments.starts(with: ["keys", "show"])
        return try ChildProcess(
            TestBus.binary("jet"), arguments + (isOffline ? [] : ["--timeout", "30"]),
            environment: variables.merging(environment) { $1 }, streams: streams)
    }

    /// Runs the other machine's `jet` to its end.
    func jet(_ arguments: String..., environment: [String: String] = [:]) async throws -> TestBus.Outcome {
        let process = try start(arguments, environment: environment)
        let status = try await process.end()
        return TestBus.Outcome(status: status, output: process.text(), error: process.text(.error))
    }

    /// A code of an offer on the device, with the check of its key.
    func code(user: String? = nil, groups: [String] = ["operator"]) async throws -> String {
        let peer = try await Peer.connect(to: local)
        let offer = try await peer.offerPairing(user: user, groups: groups)
        await peer.close()
        guard let code = PairingCode(parsing: offer.code) else { throw Descriptors.Failed("offerPairing", EINVAL) }
        return CheckedPairingCode(code, for: try certificate.info().fingerprint).text
    }
}
