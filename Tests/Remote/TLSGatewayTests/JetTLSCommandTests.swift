import ArgumentParser
import ConfigurationFile
import Glibc
import Logging
import NIOSSL
import TestSupport
import Testing

@testable import JetTLSCommand
@testable import TLSGateway

/// The program: its configuration, its options, and its life under systemd.
@Suite("jet-tls", .timeLimit(.minutes(5)))
struct JetTLSCommandTests {
    @Test func `The file that ships has the defaults`() throws {
        let text = try Repository.text("etc/tls.toml")
        #expect(try TLSSettings(parsing: text) == TLSSettings())
        let all = text.split(separator: "\n").filter { $0.hasPrefix("#") && $0.wholeMatch(of: /#[a-z-]+ = .+/) != nil }
            .map { $0.dropFirst() }.joined(separator: "\n")
        #expect(all.split(separator: "\n").count == 5)
        #expect(try TLSSettings(parsing: all) == TLSSettings())
    }

    @Test func `Each key is read`() throws {
        let settings = try TLSSettings(
            parsing: """
                log-level = "debug"
                min-version = "1.3"
                client-ca-file = "/etc/jet/ca.pem"
                handshakes = 10
                handshake-timeout = 2.5
                connections = 100
                connections-per-address = 5
                """)
        #expect(settings.logLevel == .debug && settings.minimumVersion == .tls13)
        #expect(settings.clientAuthorities == "/etc/jet/ca.pem" && settings.handshakes == 10)
        #expect(settings.handshakeTimeout == .milliseconds(2500))
        #expect(settings.connections == 100 && settings.connectionsPerAddress == 5)
    }

    @Test(arguments: [
        "handshake = 3", "min-version = \"1.1\"", "min-version = 1.2", "client-ca-file = \"ca.pem\"",
        "client-ca-file = 3", "handshakes = 0", "handshake-timeout = 0", "connections = 0", "log-level = \"loud\"",
        "connections-per-address = -1", "[section]", "x",
    ])
    func `A wrong line is named`(line: String) {
        let error = #expect(throws: ConfigurationError.self) { try TLSSettings(parsing: "\n" + line) }
        #expect(error?.line == 2)
    }

    @Test func `Addresses to listen at are read strictly`() throws {
        #expect(try ListenAddress(parsing: "[::]:11124").host == "::")
        #expect(try ListenAddress(parsing: "192.0.2.7:0").port == 0)
        for text in ["11124", ":11124", "::1:11124", "a:b", "a:65536", "[]:1", ""] {
            #expect(throws: (any Error).self) { try ListenAddress(parsing: text) }
        }
    }

    @Test func `What was handed over for a reload is used if it is newer than the credentials`() async throws {
        let folder = try TemporaryFolder()
        for name in ["credentials", "reload"] { folder.makeFolder(name) }
        let (credentials, reload) = (folder.path + "/credentials", folder.path + "/reload")
        let options = try JetTLSOptions.parse([])
        func current() throws -> CertificateFiles {
            try CertificateFiles.current(options, credentials: credentials, handOver: reload)
        }
        try Self.touch(credentials + "/certificate.pem", at: 100)
        #expect(try current() == CertificateFiles(folder: credentials))
        try Self.touch(reload + "/certificate.pem", at: 99)
        #expect(try current() == CertificateFiles(folder: credentials))
        try Self.touch(reload + "/certificate.pem", at: 101)
        #expect(try current() == CertificateFiles(folder: reload))
        #expect(throws: GatewayError.self) { try CertificateFiles.current(options, credentials: nil, handOver: reload) }
        let named = try JetTLSOptions.parse(["--certificate", "/a", "--key", "/b"])
        #expect(
            try CertificateFiles.current(named, credentials: credentials, handOver: reload)
                == CertificateFiles(certificate: "/a", key: "/b"))
    }

    private static func touch(_ path: String, at seconds: Int) throws {
        close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
        let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
        guard utimensat(AT_FDCWD, path, times, 0) == 0 else { throw Descriptors.Failed("utimensat") }
    }

    @Test func `A wrong command line, configuration or certificate ends it with 2 and the reason`() async throws {
        let files = try await TestCertificates.shared.value
        let folder = try TemporaryFolder()
        try Self.write("connections = none\n", to: folder.path + "/wrong.toml")
        try Self.write("client-ca-file = \"/nonexistent\"\n", to: folder.path + "/missing.toml")
        let pair = ["--certificate", files.path("certificate.pem"), "--key", files.path("certificate.key")]
        for (arguments, reason) in [
            (["--certificate", "/a"], "belong together"), (["--listen", "x"], "port"),
            (["--check-config"], "there is no certificate"),
            (["--check-config", "--config", folder.path + "/wrong.toml"] + pair, "wrong.toml:1:"),
            (["--check-config", "--config", folder.path + "/missing.toml"] + pair, "client-ca-file /nonexistent"),
            (["--check-config", "--config", folder.path + "/none.toml"] + pair, "no such file"),
            (["--certificate", "/nonexistent", "--key", "/nonexistent"], "/nonexistent cannot be read"),
            (["--certificate", files.path("certificate.pem"), "--key", files.path("peer.key")], "do not fit together"),
        ] {
            let process = try ChildProcess(try ChildProcess.path(ofProduct: "jet-tls"), arguments)
            #expect(try await process.end() == 2, "\(arguments)")
            #expect(process.text(.error).contains(reason), "\(process.text(.error))")
            #expect(process.text(.error).split(separator: "\n").count == 1)
        }
        let process = try ChildProcess(try ChildProcess.path(ofProduct: "jet-tls"), ["--check-config"] + pair)
        #expect(try await process.end() == 0)
        let idle = try ChildProcess(try ChildProcess.path(ofProduct: "jet-tls"), pair)
        #expect(try await idle.end() == 1)
        #expect(idle.text(.error).contains("nothing to listen on"))
    }

    private static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Descriptors.Failed("open") }
        var text = text
        text.withUTF8 { _ = Glibc.write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }

    @Test func `systemd learns that it is ready, reloads, cannot reload, and stops`() async throws {
        let files = try await TestCertificates.shared.value
        let manager = try NotifySocket()
        let folder = try TemporaryFolder()
        let config = folder.path + "/tls.toml"
        try Self.write("", to: config)
        let daemon = try await FakeDaemon(at: folder.path + "/gateway.sock")
        let process = try ChildProcess(
            try ChildProcess.path(ofProduct: "jet-tls"),
            [
                "--listen", "127.0.0.1:0", "--config", config, "--daemon", daemon.path,
                "--certificate", files.path("certificate.pem"), "--key", files.path("certificate.key"),
            ], environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "600000"])
        try await eventually("READY=1") { manager.count("READY=1") == 1 }
        try await process.wait { $0.hasSuffix("\n") }
        let port = try #require(process.text().split(separator: ":").last.flatMap { Int($0.dropLast()) })
        try await eventually("pings") { manager.count("WATCHDOG=1") > 1 }
        var tls = try NIOTLS.client(files)
        tls.applicationProtocols = ["jet"]
        let client = try await TestPeer.connect(port, tls: tls)
        try await client.send("x")
        try await daemon.peer().waitFor("x")

        process.send(SIGHUP)
        try await eventually("READY=1") { manager.count("READY=1") == 2 }
        #expect(manager.count("RELOADING=1") == 1)
        try Self.write("connections = none\n", to: config)
        process.send(SIGHUP)
        try await eventually("READY=1") { manager.count("READY=1") == 3 }
        #expect(manager.lines.contains { $0.hasPrefix("STATUS=not reloaded: ") })
        try await client.send("y")
        try await daemon.peer().waitFor("y")

        process.send(SIGTERM)
        #expect(try await process.end() == 0)
        #expect(manager.count("STOPPING=1") == 1)
        try await client.waitForEnd()
        let log = process.text(.error)
        #expect(log.contains("fingerprint=SHA256:") && log.contains("reload failed"))
        await daemon.close()
    }
}
