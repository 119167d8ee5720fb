import Glibc
import TestSupport

/// Certificates for tests, made once by openssl(1).
final class TestCertificates: Sendable {
    private let folder: TemporaryFolder

    static let shared = Task { try await TestCertificates() }

    /// The path of a file: `ca.pem`, `certificate.pem`, `certificate.key`; `peer`, `press` (of the CA `fleet`), `other` (of
    /// the CA `guild`), `expired`, each with `.pem` and `.key`.
    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    func bytes(_ name: String) throws -> [UInt8] {
        try Bytes.contents(of: path(name))
    }

    private init() async throws {
        folder = try TemporaryFolder()
        try await authority("ca", "/CN=Jet CA of device")
        try await authority("fleet", "/O=Example/CN=Fleet CA")
        try await authority("guild", "/O=Example/CN=Guild CA")
        try await authority("peer", "/CN=Jet peer key")
        try await leaf("leaf", of: "ca", "/CN=device", ["subjectAltName=DNS:localhost,IP:127.0.0.1"])
        try await leaf("press", of: "fleet", "/O=Example/CN=press-7")
        try await leaf("other", of: "guild", "/O=Example/CN=press-7")
        try await sh(
            "cat leaf.pem ca.pem >certificate.pem && cp leaf.key certificate.key && cat fleet.pem guild.pem >both.pem")
    }

    /// Makes a certificate that signs itself.
    func authority(_ name: String, _ subject: String) async throws {
        try await openssl(Self.request(name, subject) + ["-addext", "basicConstraints=critical,CA:TRUE"])
    }

    /// Makes a certificate that a CA signs.
    func leaf(
        _ name: String, of authority: String, _ subject: String, _ extensions: [String] = [], days: Int = 100
    ) async throws {
        try await openssl(
            Self.request(name, subject, days: days) + ["-CA", "\(authority).pem", "-CAkey", "\(authority).key"]
                + extensions.flatMap { ["-addext", $0] })
    }

    private static func request(_ name: String, _ subject: String, days: Int = 100) -> [String] {
        [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-sha256", "-utf8",
            "-days", "\(days)", "-subj", subject, "-keyout", "\(name).key", "-out", "\(name).pem",
        ]
    }

    /// Runs openssl in the folder of the files.
    @discardableResult
    func openssl(_ arguments: [String]) async throws -> String {
        try await run(["-c", #"cd "$0" && exec openssl "$@""#, folder.path] + arguments)
    }

    func sh(_ script: String) async throws { try await run(["-c", #"cd "$0" && "# + script, folder.path]) }

    @discardableResult
    private func run(_ arguments: [String]) async throws -> String {
        let process = try ChildProcess("/bin/sh", arguments, environment: ["PATH": "/usr/bin:/bin"])
        guard try await process.end() == 0 else { throw Failed(description: process.text(.error)) }
        return process.text()
    }

    struct Failed: Error, CustomStringConvertible { let description: String }
}

enum Bytes {
    /// The contents of a file.
    static func contents(of path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Descriptors.Failed("open \(path)") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while let more = Descriptors.read(descriptor) { bytes += more }
        return bytes
    }
}
