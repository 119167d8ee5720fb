import Logging
import NIOSSL
import Synchronization
import TestSupport

@testable import TLSGateway

/// A gateway with a fake daemon, for one test.
final class Scene: Sendable {
    let folder: TemporaryFolder
    let files: TestCertificates
    let daemon: FakeDaemon
    let gateway: Gateway
    let port: Int
    let log: TestLog

    /// - Parameters:
    ///   - authority: The file of the client CAs.
    ///   - change: Changes the configuration.
    init(
        authority: String? = nil, hasDaemon: Bool = true, daemonEchoes: Bool = false, daemonReads: Bool = true,
        daemonCounts: Bool = false, now: (@Sendable () -> Int)? = nil,
        changing change: (inout GatewayConfiguration) -> Void = { _ in }
    ) async throws {
        folder = try TemporaryFolder()
        files = try await TestCertificates.shared.value
        let path = folder.path + "/gateway.sock"
        daemon = try await FakeDaemon(
            at: path, isThere: hasDaemon, echoes: daemonEchoes, reads: daemonReads, counts: daemonCounts)
        log = TestLog()
        var configuration = GatewayConfiguration(daemon: path)
        change(&configuration)
        let credentials = try Self.credentials(files, authority)
        if let now {
            gateway = try await Gateway(configuration, credentials, logger: log.logger, now: now)
        } else {
            gateway = try await Gateway(configuration, credentials, logger: log.logger)
        }
        port = try await gateway.listen(host: "127.0.0.1", port: 0)
    }

    static func credentials(_ files: TestCertificates, _ authority: String? = nil) throws -> GatewayCredentials {
        try GatewayCredentials(
            certificate: files.bytes("certificate.pem"), key: files.bytes("certificate.key"),
            clientAuthorities: authority.map { try files.bytes($0) })
    }

    /// Runs a test, and stops the gateway in the end.
    func run(_ body: () async throws -> Void) async throws {
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        await gateway.stop()
        await daemon.close()
        try result.get()
    }

    /// How a client speaks TLS.
    ///
    /// - Parameter certificate: The name of its certificate and key.
    func tls(
        protocols: [String] = [], certificate: String? = nil,
        changing change: (inout TLSConfiguration) -> Void = { _ in }
    )
        throws -> TLSConfiguration
    {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(files.path("ca.pem"))
        tls.applicationProtocols = protocols
        if let certificate {
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(files.path(certificate + ".pem"))
                .map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: files.path(certificate + ".key"), format: .pem))
        }
        change(&tls)
        return tls
    }

    /// Connects by TLS.
    func connect(protocols: [String] = ["jet"], certificate: String? = nil, counts: Bool = false) async throws
        -> TestPeer
    {
        try await TestPeer.connect(port, tls: tls(protocols: protocols, certificate: certificate), counts: counts)
    }

    func waitForConnections(_ number: Int) async throws {
        try await eventually("\(number) connections") { try await self.gateway.counts().connections == number }
    }
}

/// Keeps the entries of a log.
final class TestLog: Sendable {
    private let entries = Mutex<[String]>([])

    var lines: [String] { entries.withLock { $0 } }

    func count(_ text: String) -> Int { lines.count { $0.contains(text) } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(log: self) }
    }

    private struct Handler: LogHandler {
        let log: TestLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let more = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            log.entries.withLock { $0.append("\(event.level): \(event.message) \(more.joined(separator: " "))") }
        }
    }
}

/// TLS of clients outside of a scene.
enum NIOTLS {
    static func client(_ files: TestCertificates) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(files.path("ca.pem"))
        return tls
    }
}
