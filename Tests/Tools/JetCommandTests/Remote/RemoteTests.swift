import DeviceCertificate
import Digests
import Glibc
import JSONText
import Jet
import JetProtocol
import JetUsers
import Moments
import TestSupport
import Testing

@testable import JetCommand

/// `jet` on another machine: over `jet-tls` and `jetd`, as processes.
@Suite("jet from another machine", .enabled(if: access("/usr/bin/openssl", X_OK) == 0))
struct RemoteTests {
    @Test("a daemon that is not known is refused without a terminal, with its fingerprint and what to do")
    func unknown() async throws {
        let device = try await TestDevice()
        let key = try device.certificate.info().fingerprint
        let run = try await device.jet("info", "--connect", device.host)
        #expect(run.status == 3)
        #expect(run.error.contains("\(key)") && run.error.contains("--fingerprint"))
        #expect(!run.error.contains("listens elsewhere"))
        #expect(try await device.jet("info", "--connect", device.host, "--fingerprint", "\(key)").status == 0)
        #expect(
            try await device.jet(
                "info", "--connect", "jets://\(device.host)", "--ca-file", device.certificate.folder + "/ca.pem"
            )
            .status == 0)
        #expect(try KnownDaemons(in: device.userFolder).entries == [], "an option is not remembered")
        let wrong = try await device.jet(
            "info", "--connect", device.host, "--fingerprint", "\(Fingerprint(ofKey: [1]))")
        #expect(wrong.status == 3)
        #expect(wrong.error.contains("presented: \(key)"))
    }

    @Test("at the first contact in a terminal it asks, and remembers the answer yes only")
    func firstContact() async throws {
        let device = try await TestDevice()
        let key = try device.certificate.info().fingerprint
        func answer(_ answers: String...) async throws -> (status: Int32, text: String) {
            let process = try device.start(
                ["info", "--connect", device.host], streams: .terminal(columns: 200, lines: 24))
            for (index, answer) in answers.enumerated() {
                let prompt = index == 0 ? "(yes/no/fingerprint) " : "or the fingerprint: "
                try await process.wait { $0.contains(prompt) }
                process.type(answer + "\n")
            }
            return (try await process.end(), process.text())
        }
        let no = try await answer("no")
        #expect(no.status == 3)
        #expect(no.text.contains("\(key)") && no.text.contains(key.words) && no.text.contains("localhost"))
        #expect(try await answer("maybe", "\(Fingerprint(ofKey: [1]))").status == 3)
        #expect(try KnownDaemons(in: device.userFolder).entries == [])
        #expect(try await answer("yes").status == 0)
        #expect(try KnownDaemons(in: device.userFolder).entries.map(\.fingerprint) == [key])
        #expect(try await device.jet("info", "--connect", device.host).status == 0, "then no question is asked")
    }

    @Test(
        "pairing: a code, and from then on no password; the key is listed, and its removal ends what it allowed",
        .enabled(if: getuid() == 0, "root has the right"))
    func pairing() async throws {
        let device = try await TestDevice()
        let owner = try await Peer.connect(to: device.local)
        let lamp = try await owner.addState(
            "lamp", false, options: ElementOptions(access: Access(fetchGroups: ["operator"], setGroups: ["operator"]))
        ) { _ in .accept }
        #expect(try await device.jet("set", "lamp", "true", "--connect", device.host).status == 3)
        let code = try await device.code()
        let typing = try device.start(
            ["pair", device.host, "--name", "shed", "--title", "ada@laptop"],
            streams: .terminal(columns: 200, lines: 24))
        try await typing.wait { $0.contains("Code that") }
        typing.type(code.lowercased() + "\n")
        #expect(try await typing.end() == 0, "\(typing.text())")
        #expect(typing.text().contains("Next: jet ls -c shed"))
        for name in ["key.pem", "key.crt", "known_daemons", "contexts.json"] {
            var status = stat()
            #expect(stat(device.userFolder.file(name), &status) == 0 && status.st_mode & 0o777 == 0o600, "\(name)")
        }
        chmod(device.userFolder.file("key.pem"), 0o644)
        let open = try await device.jet("info", "-c", "shed")
        #expect(open.status == 2 && open.error.contains("chmod 600"))
        chmod(device.userFolder.file("key.pem"), 0o600)
        for arguments in [["-c", "shed"], ["--connect", device.host], ["--connect", "jets://\(device.host)"]] {
            let process = try device.start(["set", "lamp", "true"] + arguments)
            #expect(try await process.end() == 0, "\(process.text(.error))")
        }
        #expect(lamp.value)
        let own = try OwnKey(in: device.userFolder).fingerprint()
        #expect(try await device.jet("keys", "show").output.contains("\(own)"))
        let list = try await device.jet("keys", "--connect", "\(device.local)")
        #expect(list.output.contains("ada@laptop") && list.output.contains("\(own)"))

        // The code can be used once.
        let again = try await device.jet("pair", device.host, environment: ["JET_PAIR_CODE": code])
        #expect(again.status == 1)
        #expect(again.error.contains("used already"))

        #expect(try await device.jet("keys", "remove", "ada@laptop", "--connect", "\(device.local)").status == 0)
        let removed = try await device.jet("get", "lamp", "-c", "shed")
        #expect(removed.status == 1 || removed.status == 3)
        #expect(removed.error.contains("know your key") || removed.error.contains("knows your key"), "\(removed.error)")
        await owner.close()
    }

    @Test("a wrong code, a code of another device and one that is void are each refused with their own words")
    func codes() async throws {
        let device = try await TestDevice()
        let key = try device.certificate.info().fingerprint
        func pair(_ code: String) async throws -> TestBus.Outcome {
            try await device.jet("pair", device.host, environment: ["JET_PAIR_CODE": code])
        }
        let foreign = try #require(PairingCode(parsing: "ABCDEFGH"))
        let between = try await pair(CheckedPairingCode(foreign, for: Fingerprint(ofKey: [1])).text)
        #expect(between.status == 1 && between.error.contains("does not fit the key"))
        #expect(!OwnKey(in: device.userFolder).exists, "nothing was made")
        let wrong = try await pair(CheckedPairingCode(foreign, for: key).text)
        #expect(wrong.status == 1 && wrong.error.contains("no offer with this code"), "\(wrong.error)")
        #expect(try await device.jet("pair", device.host).error.contains("JET_PAIR_CODE"))
        #expect(try KnownDaemons(in: device.userFolder).entries == [])
        let plain = try await device.jet("pair", "127.0.0.1:1", environment: ["JET_PAIR_CODE": "x"])
        #expect(plain.status == 3 && plain.error.contains("sudo jet remote enable"))
    }

    @Test("an offer for a user gives that user another key", .enabled(if: getuid() == 0, "root has the right"))
    func existingUser() async throws {
        let device = try await TestDevice()
        let code = try await device.code(user: "john")
        try device.userFolder.make()
        try device.userFolder.write(Array((code + "\n").utf8), to: "code")
        let run = try await device.jet(
            "pair", device.host, "--code-file", device.userFolder.file("code"), "--json")
        #expect(run.status == 0, "\(run.error)")
        let result = try JSON(parsing: Array(run.output.utf8))
        #expect(result["user"] == "john" && result["address"]?.string == device.host)
        #expect(try device.users.read()["john"]?.keys.count == 1)
    }

    @Test(
        "a changed key is refused loudly; forget, and pairing again, mend it",
        .enabled(if: getuid() == 0, "root has the right"))
    func changedKey() async throws {
        let device = try await TestDevice()
        let code = try await device.code()
        #expect(
            try await device.jet("pair", device.host, "--name", "shed", environment: ["JET_PAIR_CODE": code]).status
                == 0)
        let former = try device.certificate.info().fingerprint
        let names = CertificateNames(hosts: ["localhost"], addresses: ["127.0.0.1"])
        let new = try device.certificate.rotate(names: names).info.fingerprint
        try await device.restartGateway()
        let refused = try await device.jet("info", "-c", "shed")
        #expect(refused.status == 3)
        for part in ["HAS CHANGED", "\(former)", "\(new)", "known_daemons:1", "jet forget \(device.host)"] {
            #expect(refused.error.contains(part), "\(part)")
        }
        let second = try await device.code()
        let again = try await device.jet("pair", device.host, environment: ["JET_PAIR_CODE": second])
        #expect(again.status == 0)
        #expect(again.error.contains("another key than before"))
        #expect(try await device.jet("info", "-c", "shed").status == 0)
    }

    @Test(
        "a certificate that is not valid at the present time is refused with its own words; a renewed one is accepted")
    func invalid() async throws {
        let device = try await TestDevice(at: Moment.now.advanced(seconds: 500 * 86_400))
        let key = "\(try device.certificate.info().fingerprint)"
        let run = try await device.jet("info", "--connect", device.host, "--fingerprint", key)
        #expect(run.status == 3)
        #expect(run.error.contains("is not valid yet") && run.error.contains("sudo jet tls renew"), "\(run.error)")
        #expect(try await device.jet("tls", "renew", "--folder", device.certificate.folder).status == 0)
        try await device.restartGateway()
        #expect(try await device.jet("info", "--connect", device.host, "--fingerprint", key).status == 0)
    }

    @Test("a stranger sees nothing, and reads how to log in; a password works, inside TLS")
    func stranger() async throws {
        let device = try await TestDevice()
        let key = "\(try device.certificate.info().fingerprint)"
        let owner = try await Peer.connect(to: device.local)
        try await owner.addState("s", 1)
        let stranger = try await device.jet("ls", "--connect", device.host, "--fingerprint", key)
        #expect(stranger.status == 1)
        #expect(stranger.error.contains("logged in") && stranger.error.contains("jet pair HOST"), "\(stranger.error)")
        let john = try await device.jet(
            "get", "s", "--connect", device.host, "--fingerprint", key, "--user", "john",
            environment: ["JET_PASSWORD": "john's"])
        #expect(john.output == "1\n", "\(john.error)")
        await owner.close()
    }

    @Test(
        "the commands that stay connected, and the benchmark, work over TLS",
        .enabled(if: getuid() == 0, "root has the right"))
    func others() async throws {
        let device = try await TestDevice()
        let code = try await device.code()
        #expect(
            try await device.jet("pair", device.host, "--name", "shed", environment: ["JET_PAIR_CODE": code]).status
                == 0)
        let top = try await device.jet("top", "-c", "shed", "--once", "--every", "0.1", "--json")
        #expect(top.status == 0, "\(top.error)")
        let bench = try await device.jet(
            "bench", "route", "-c", "shed", "--count", "20", "--warm-up", "1", "--repeat", "1")
        #expect(bench.status == 0, "\(bench.error)")
        let both = try await device.jet(
            "bench", "route", "--connect", device.host, "--transport", "jets", "--transport", "wss", "--count", "20",
            "--warm-up", "1", "--repeat", "1")
        #expect(both.status == 0, "\(both.error)")
    }
}
