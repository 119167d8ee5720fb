import Digests
import JSONText
import Jet
import JetProtocol
import TestSupport
import Testing

@testable import JetCommand

/// What `jet pair` and `jet keys` decide before anything is sent.
@Suite("Pairing")
struct PairingTests {
    private let key = Fingerprint(ofKey: [1])
    private let other = Fingerprint(ofKey: [2])

    private var found: PairingWithDevice.Found {
        PairingWithDevice.Found(
            address: DaemonAddress(host: "shed.local", port: 11124),
            endpoint: .secureWebSocket(host: "shed.local", port: 11124), fingerprint: key, title: "", former: [])
    }

    @Test("a code is read as people type it, and fits the key of its device only")
    func codes() throws {
        let code = try #require(PairingCode(parsing: "ABCDEF0H"))
        let text = CheckedPairingCode(code, for: key).text
        var found = found
        #expect(try found.check(text) == code)
        #expect(try found.check(text.lowercased().filter { $0 != "-" } + " ") == code)
        let foreign = CheckedPairingCode(code, for: other).text
        let failure = #expect(throws: Failure.self) { try found.check(foreign) }
        #expect(failure?.message.contains("does not fit the key") == true)
        #expect(failure?.advice?.contains("\(key)") == true)
        #expect(failure?.text.contains(code.text) == false)
        found.ownKey = other
        #expect(try found.check(foreign) == code)
        #expect(found.fingerprint == other)
    }

    @Test("what is no code is refused without sending anything", arguments: ["", "ABCD-EFGH", "ABCD-EFGH-JKM!", "x"])
    func noCodes(text: String) {
        var found = found
        let failure = #expect(throws: Failure.self) { try found.check(text) }
        #expect(failure?.status == .usage)
        #expect(failure?.text.contains("Nothing was sent") == true)
    }

    @Test(
        "times are written as people do",
        arguments: [("10s", 10), ("600", 600), ("10m", 600), ("2h", 7200), ("1d", 86_400)])
    func times(text: String, seconds: Int) throws { #expect(try TimeArgument.seconds(text) == seconds) }

    @Test(
        "other times are refused",
        arguments: ["", "9s", "0", "-10m", "25h", "2d", "m", "1.5h", "10x", "99999999999999999999"])
    func noTimes(text: String) { #expect(throws: (any Error).self) { try TimeArgument.seconds(text) } }

    @Test(
        "the context is named after the host",
        arguments: [
            ("shed.local", ["shed", "shed.local", "shed.local-11124"]),
            ("192.0.2.7", ["192.0.2.7", "192.0.2.7", "192.0.2.7-11124"]),
            ("fe80::1", ["fe80--1", "fe80--1", "fe80--1-11124"]), ("::1", ["host--1", "host--1", "host--1-11124"]),
        ])
    func names(host: String, names: [String]) {
        let found = PairingWithDevice.contextNames(DaemonAddress(host: host, port: 11124))
        #expect(found == names)
        #expect(found.allSatisfy(ContextFile.isName))
    }

    @Test(
        "the options of both machines are not mixed",
        arguments: [
            ["pair"], ["pair", "shed", "--offer"], ["pair", "shed", "--group", "g"], ["pair", "shed", "--user", "u"],
            ["pair", "shed", "--for", "10m"], ["pair", "--offer", "--code-file", "f"],
            ["pair", "--offer", "--for", "1s"],
            ["pair", "tcp://shed:1"], ["pair", "unix:/a"], ["pair", "a b"], ["pair", "shed", "--connect", "x"],
            ["pair", "shed", "--name", "a/b"], ["pair", "shed", "--code", "ABCD"],
        ])
    func usage(arguments: [String]) async throws {
        let bus = try await TestBus()
        let process = try bus.start(arguments)
        #expect(try await process.end() == 2)
    }

    @Test("an offer shows the code, until when, for whom, the key, and what to type on the other machine")
    func offer() throws {
        let offer = PairingOffer(["code": "ABCDEF0H", "expires": "2026-12-01T10:00:00Z"])
        let lines = PairingOffering.lines(
            offer, code: "ABCD-EF0H-1234", groups: ["operator"], key, names: ["shed.local", "192.0.2.7"])
        let text = lines.joined(separator: "\n")
        for part in [
            "    ABCD-EF0H-1234", "2026-12-01T10:00:00Z", "a new user in the group operator", "\(key)", key.words,
            "jet pair shed.local", "192.0.2.7",
        ] { #expect(text.contains(part), "\(part)") }
        let record = PairingOffering.record(offer, code: "C", groups: ["a"], key)
        #expect(record["code"] == "C" && record["groups"] == ["a"] && record["words"]?.string == key.words)
    }

    @Test("a key is named by its fingerprint or its title, if this is the title of one")
    func keys() throws {
        func userKey(_ title: String, _ fingerprint: Fingerprint) -> UserKey {
            UserKey([
                "user": "ada", "title": .string(title), "fingerprint": .string("\(fingerprint)"),
                "added": "2026-11-30T10:00:00Z", "connections": 2,
            ])
        }
        let third = Fingerprint(ofKey: [3])
        let keys = [userKey("a", key), userKey("b", other), userKey("b", third)]
        #expect(try KeysCommand.key(named: "a", among: keys).fingerprint == key)
        #expect(try KeysCommand.key(named: "\(other)", among: keys).fingerprint == other)
        let several = #expect(throws: Failure.self) { try KeysCommand.key(named: "b", among: keys) }
        #expect(several?.text.contains("\(other)") == true && several?.text.contains("\(third)") == true)
        #expect(
            #expect(throws: Failure.self) { try KeysCommand.key(named: "c", among: keys) }?.status == .nothingMatched)
        let lines = KeysCommand.lines(keys).map { $0.rendered(colored: false) }
        #expect(lines[0].hasPrefix("USER  TITLE  ADDED       LAST USED  CONNECTIONS  FINGERPRINT"))
        #expect(lines[1] == "ada   a      2026-11-30  never      2            \(key)")
    }
}
