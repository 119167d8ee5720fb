import Files
import Glibc
import Moments
import TestSupport
import Testing

@testable import DeviceCertificate

/// A folder with a device's certificate, for one test.
struct Fixture {
    let folder: TemporaryFolder
    let certificate: DeviceCertificate

    static let names = CertificateNames(
        hosts: ["shed", "shed.local", "localhost"], addresses: ["127.0.0.1", "192.168.7.4", "fd00::7"])
    /// The afternoon of 2026-11-30.
    static let now = Moment(microseconds: 1_796_050_000_000_000)
    static let day = 24 * 60 * 60

    init() throws {
        folder = try TemporaryFolder()
        certificate = DeviceCertificate(folder: folder.path)
    }

    /// The same files, and a process that stops at a step.
    func stopping(at stop: Commit.Step) -> DeviceCertificate {
        DeviceCertificate(folder: folder.path, openSSL: OpenSSL()) { (step) throws(CertificateError) in
            if step == stop { throw CertificateError(.openSSLFailed, "the power fails") }
        }
    }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    func bytes(_ name: String) throws -> [UInt8] { try File.contents(path(name), limit: 1 << 20) }

    /// What openssl prints.
    func openssl(_ arguments: String...) async throws -> String {
        let process = try ChildProcess("/usr/bin/openssl", arguments)
        let status = try await process.end()
        #expect(status == 0, "\(process.text(.error))")
        return process.text()
    }

    /// Makes a certificate of another CA, as an administrator gets it: the certificate and its CA in one file, and the key.
    func makeForeign(days: Int = 90) async throws -> (certificate: String, key: String) {
        let (ca, caKey, request) = (path("foreign-ca"), path("foreign-ca-key"), path("foreign-request"))
        let (leaf, key, chain) = (path("foreign-leaf"), path("foreign-key"), path("foreign-chain"))
        let new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        _ = try await run(
            ["req", "-x509"] + new + ["-keyout", caKey, "-out", ca, "-subj", "/CN=Foreign", "-days", "900"])
        _ = try await run(["req"] + new + ["-keyout", key, "-out", request, "-subj", "/CN=shed.example.com"])
        _ = try await run([
            "x509", "-req", "-in", request, "-CA", ca, "-CAkey", caKey, "-CAcreateserial", "-days", "\(days)", "-out",
            leaf,
        ])
        try File.replace(
            chain, with: try File.contents(leaf, limit: 1 << 20) + File.contents(ca, limit: 1 << 20), mode: 0o644)
        return (chain, key)
    }

    private func run(_ arguments: [String]) async throws -> String {
        let process = try ChildProcess("/usr/bin/openssl", arguments)
        let status = try await process.end()
        #expect(status == 0, "\(process.text(.error))")
        return process.text()
    }

    /// The mode of a file.
    func mode(_ name: String) throws -> UInt32 {
        var status = stat()
        try #require(stat(path(name), &status) == 0)
        return status.st_mode & 0o7777
    }
}
