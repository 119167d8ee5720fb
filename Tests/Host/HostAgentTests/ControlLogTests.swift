import Jet
import Testing

@testable import AgentCore
@testable import Providers

/// What is written of those who set and call.
struct ControlLogTests {
    @Test("a caller is who it authenticated as, who runs it, or else what anybody could call itself, and says so")
    func names() {
        #expect(ControlLog.name(Caller(peer: "x", user: "alice", uid: 7)) == "alice")
        #expect(ControlLog.name(Caller(peer: "x", uid: 7)) == "uid 7")
        #expect(ControlLog.name(Caller(peer: "alice")) == "peer named 'alice'")
        #expect(ControlLog.name(Caller()) == "an unknown peer")
        #expect(ControlLog.name(nil) == "an unknown peer")
    }

    @Test(
        "a name is one short line that tells a terminal nothing",
        arguments: [
            ("a\nroot: b", "aroot: b"), ("\u{1B}[2J", "[2J"), ("\u{9B}2J", "2J"), ("a\u{2028}b", "ab"), ("ä", "ä"),
        ])
    func lines(name: String, shown: String) {
        #expect(ControlLog.name(Caller(user: name)) == shown)
        #expect(ControlLog.name(Caller(peer: name)) == "peer named '\(shown)'")
        #expect(ControlLog.name(Caller(user: String(repeating: name, count: 1000))).unicodeScalars.count <= 64)
    }

    @Test("why something was refused is one line, too, though it quotes what was asked for")
    func reasons() async {
        let log = MemoryLog()
        await #expect(throws: JetError.self) {
            try await ControlLog(log.logger).noting("set", "led/a", ["a\nb": 1], by: nil) {
                throw JetError.wrong("a\nb", "is not known" + String(repeating: "!", count: 10_000))
            }
        }
        let reason = log.metadata.first?["reason"] ?? ""
        #expect(reason.hasPrefix("'ab' is not known"))
        #expect(reason.utf8.count <= 500)
        #expect(log.metadata.first?["value"] == #"{"a\nb":1}"#)
    }
}
