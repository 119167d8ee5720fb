import DeviceCertificate
import Digests
import Glibc
import JSONText
import TestSupport
import Testing

@testable import JetCommand

/// `jet tls` as a process, with a certificate in a folder of the test.
@Suite("jet tls", .enabled(if: access("/usr/bin/openssl", X_OK) == 0))
struct CertificateTests {
    private let names = CertificateNames(hosts: ["shed", "localhost"], addresses: ["127.0.0.1"])

    @Test("show has the fingerprint in both forms, the names, the dates and the authority; for programs the same")
    func show() async throws {
        let bus = try await TestBus()
        let folder = try TemporaryFolder()
        let none = try await bus.jet("tls", "show", "--folder", folder.path)
        #expect(none.status == 1)
        #expect(none.error.contains("sudo jet remote enable") || none.error.contains("jet remote enable"))
        let info = try DeviceCertificate(folder: folder.path).ensure(names: names).info
        let run = try await bus.jet("tls", "show", "--folder", folder.path)
        #expect(run.status == 0)
        for part in [
            "\(info.fingerprint)", info.fingerprint.words, "shed, localhost, 127.0.0.1", "\(folder.path)/ca.pem",
        ] {
            #expect(run.output.contains(part), "\(part)")
        }
        #expect(run.error == "", "a QR code and its hint are for terminals")
        let json = try JSON(
            parsing: try await bus.jet("tls", "--folder", folder.path, "--json").output.filter { $0 != "\n" })
        #expect(json["fingerprint"]?.string == "\(info.fingerprint)" && json["origin"] == "own")
        #expect(json["names"] == ["shed", "localhost", "127.0.0.1"])
    }

    @Test("renew keeps the fingerprint; rotate changes it, and asks before")
    func changing() async throws {
        let bus = try await TestBus()
        let folder = try TemporaryFolder()
        let device = DeviceCertificate(folder: folder.path)
        let first = try device.ensure(names: names).info
        #expect(try await bus.jet("tls", "renew", "--folder", folder.path).status == 0)
        let second = try device.info()
        #expect(second.fingerprint == first.fingerprint && second.ownFingerprint != first.ownFingerprint)
        let unasked = try await bus.jet("tls", "rotate", "--folder", folder.path)
        #expect(unasked.status == 2)
        #expect(unasked.error.contains("will refuse it") && unasked.error.contains("--yes"))
        let asked = try bus.start(
            ["tls", "rotate", "--folder", folder.path], streams: .terminal(columns: 80, lines: 24))
        try await asked.wait { $0.contains("(yes/no)") }
        asked.type("no\n")
        #expect(try await asked.end() == 2)
        #expect(try device.info().fingerprint == first.fingerprint)
        let run = try await bus.jet("tls", "rotate", "--yes", "--folder", folder.path)
        #expect(run.status == 0)
        let third = try device.info().fingerprint
        #expect(third != first.fingerprint && run.error.contains("\(third)"))
    }

    @Test("an imported certificate must fit its key; reset returns to the device's own authority")
    func importing() async throws {
        let bus = try await TestBus()
        let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
        let own = try DeviceCertificate(folder: folder.path).ensure(names: names).info
        let made = try ChildProgram.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "10",
                "-subj",
                "/CN=other", "-keyout", other.path + "/certificate.key", "-out", other.path + "/certificate.pem",
            ])
        #expect(made.status == 0, "\(made.lastLine)")
        let wrong = try await bus.jet(
            "tls", "import", other.path + "/certificate.pem", folder.path + "/certificate.key", "--folder", folder.path)
        #expect(wrong.status == 1)
        #expect(wrong.error.contains("is not the key of"))
        let run = try await bus.jet(
            "tls", "import", other.path + "/certificate.pem", other.path + "/certificate.key", "--folder", folder.path)
        #expect(run.status == 0)
        let imported = try DeviceCertificate(folder: folder.path).info()
        #expect(imported.origin == .imported && run.error.contains("\(imported.fingerprint)"))
        let refused = try await bus.jet("tls", "renew", "--folder", folder.path)
        #expect(refused.status == 1)
        #expect(try await bus.jet("tls", "reset", "--folder", folder.path).status == 0)
        #expect(try DeviceCertificate(folder: folder.path).info().fingerprint == own.fingerprint)
        #expect(try await bus.jet("tls", "reset", "--folder", folder.path).error.contains("already"))
    }

    @Test("the certificate of the system is changed by root only", .enabled(if: getuid() != 0))
    func root() async throws {
        let bus = try await TestBus()
        for verb in [["tls", "renew"], ["tls", "rotate"], ["remote", "enable"], ["remote", "disable"]] {
            let process = try bus.start(verb)
            #expect(try await process.end() == 1)
            #expect(process.text(.error).contains("Use: sudo jet \(verb[0]) \(verb[1])"))
        }
    }
}
