import JSONText
import JetBus
import JetDaemon
import JetProtocol
import Testing

/// Peers that do not read, or not as fast as they are told. They cost a bounded amount of memory and nobody's time but
/// their own.
@Suite("Slow peers", .timeLimit(.minutes(5)))
struct SlowPeerTests {
    @Test(
        "a peer that does not read while others change ends with the truth, and never hears the old after the new",
        arguments: [false, true])
    func conflation(byTCP: Bool) async throws {
        try await withWitness({ $0.keepLittle() }) { daemon in
            let (states, rounds) = (20, 500)
            let publisher = try RawPeer(daemon.unix)
            try publisher.addStates(states, padding: 100)
            let slow = try RawPeer(byTCP ? daemon.tcp : daemon.unix, receiveBuffer: 4096)
            _ = try slow.ask(#"{"id":1,"method":"fetch","params":{"id":"f"}}"#)

            // The publisher is not kept waiting: it gets the answer to its last word while nobody reads.
            let padding = String(repeating: "x", count: 500)
            for round in 1...rounds {
                for state in 0..<states {
                    try publisher.say(
                        #"{"method":"change","params":{"path":"state/\#(state)","value":[\#(round),"\#(padding)"]}}"#)
                }
            }
            _ = try publisher.ask(#"{"id":1,"method":"echo"}"#)
            let statistics = try daemon.statistics()
            #expect(statistics.conflated > 0)

            var latest = [String: Int]()
            while latest.count < states || latest.values.contains(where: { $0 != rounds }) {
                let heard = try slow.hearValue()["params"]
                let path = try #require(heard?["path"]?.string)
                let round = try #require(heard?["value"]?[0]?.int)
                #expect(round > latest[path] ?? -1, "\(path) was \(latest[path] ?? -1)")
                latest[path] = round
            }
            let last = try slow.ask(#"{"id":2,"method":"echo"}"#)
            #expect(last == #"{"id":2,"result":true}"#, "nothing follows the truth")
        }
    }

    @Test("a peer that reads none of its responses is not read, and later gets all of them in order")
    func unreadResponses() async throws {
        try await withWitness({ $0.keepLittle() }) { daemon in
            let (count, padding) = (5000, String(repeating: "x", count: 1000))
            let before = try daemon.statistics().messages
            // It writes on a thread of its own, for it will be made to wait.
            let peer = try RawPeer(daemon.unix)
            let mouth = try RawPeer(copying: peer.descriptor)
            let writing = Background {
                for id in 0..<count { try mouth.say(#"{"id":\#(id),"method":"echo","params":["\#(padding)"]}"#) }
            }
            try daemon.expectService()
            // Two sockets and one outbox hold a few hundred of them; the rest has not even been handled.
            let handled = try daemon.statistics().messages - before
            #expect(handled < count / 2)
            for id in 0..<count {
                let answer = try peer.hear()
                #expect(answer.hasPrefix(#"{"id":\#(id),"result":"#))
            }
            try writing.wait()
        }
    }

    @Test("requests that came in one piece are handled one by one, as the peer reads the answers")
    func largeAnswers() async throws {
        try await withWitness({ $0.keepLittle() }) { daemon in
            let owner = try RawPeer(daemon.unix)
            try owner.addStates(1, padding: 50_000)
            let before = try daemon.statistics().messages
            let peer = try RawPeer(daemon.unix)
            // 10 KB in, 10 MB out.
            try peer.write((0..<200).flatMap { RawPeer.framed(#"{"id":\#($0),"method":"get"}"#) })
            try daemon.wait { $0.messages > before + 1 }
            try daemon.expectService()
            let handled = try daemon.statistics().messages - before
            #expect(handled < 30)
            for id in 0..<200 {
                let answer = try peer.hear()
                #expect(answer.hasPrefix(#"{"id":\#(id),"result":[{"path":"state/0""#))
            }
        }
    }

    @Test("what a paused peer said before its last word is answered when it reads on")
    func pausedLastWord() async throws {
        try await withWitness({ $0.keepLittle() }) { daemon in
            let owner = try RawPeer(daemon.unix)
            try owner.addStates(1, padding: 50_000)
            let peer = try RawPeer(daemon.tcp, receiveBuffer: 4096)
            try peer.write((0..<200).flatMap { RawPeer.framed(#"{"id":\#($0),"method":"get"}"#) })
            peer.endWriting()
            try daemon.expectService()
            for id in 0..<200 {
                let answer = try peer.hear()
                #expect(answer.hasPrefix(#"{"id":\#(id),"result":[{"path":"state/0""#))
            }
            let isAtEnd = try peer.isAtEnd()
            #expect(isAtEnd)
        }
    }

    @Test("a paused peer that goes is forgotten", arguments: [false, true])
    func pausedPeerGoes(byReset: Bool) async throws {
        try await withWitness({ $0.keepLittle() }) { daemon in
            let owner = try RawPeer(daemon.unix)
            try owner.addStates(1, padding: 50_000)
            let peer = try RawPeer(daemon.tcp, receiveBuffer: 4096)
            try peer.say(#"{"id":1,"method":"add","params":{"path":"mine","value":1}}"#)
            try peer.write((0..<200).flatMap { RawPeer.framed(#"{"id":\#($0),"method":"get"}"#) })
            try daemon.wait { $0.elements == 2 }
            if byReset { try peer.reset() } else { peer.close() }
            try daemon.wait { $0.elements == 1 && $0.peers == 2 }
        }
    }

    @Test("one peer's long snapshot does not keep another one waiting")
    func fairness() async throws {
        try await withWitness({ $0.bus.snapshotChunk = 16 << 10 }) { daemon in
            let owner = try RawPeer(daemon.unix)
            try owner.addStates(40_000, padding: 200)
            let reader = try RawPeer(daemon.tcp)
            let other = try RawPeer(daemon.unix)
            _ = try reader.ask(#"{"id":1,"method":"fetch","params":{"id":"f"}}"#)
            let told = try daemon.statistics().notifications
            let snapshot = Background { for _ in 0..<40_000 { _ = try reader.hear() } }
            _ = try other.ask(#"{"id":1,"method":"echo"}"#)
            let before = try daemon.statistics().notifications
            try snapshot.wait()
            #expect(told < 40_000, "the snapshot goes out in pieces")
            #expect(before < 40_000, "and between them others are served")
        }
    }
}

extension DaemonConfiguration {
    /// Makes the daemon keep so little for a peer that a test fills it at once.
    mutating func keepLittle() {
        bus.outboxLimit = 64 << 10
        bus.snapshotChunk = 16 << 10
    }
}
