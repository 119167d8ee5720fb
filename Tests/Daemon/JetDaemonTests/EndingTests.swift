import Glibc
import JSONText
import JetBus
import JetDaemon
import JetProtocol
import Testing

/// How connections end: by the peer, in an orderly way or not, and with the daemon.
@Suite("Ends of connections", .timeLimit(.minutes(5)))
struct EndingTests {
    static let echo = #"{"id":1,"method":"echo"}"#
    static let answer = #"{"id":1,"result":true}"#

    @Test("a peer that says its last word is answered, and then closed", arguments: [false, true])
    func lastWord(byTCP: Bool) async throws {
        try await withWitness { daemon in
            let peer = try RawPeer(byTCP ? daemon.tcp : daemon.unix)
            try peer.say(Self.echo)
            peer.endWriting()
            let answer = try peer.hear()
            #expect(answer == Self.answer)
            let isAtEnd = try peer.isAtEnd()
            #expect(isAtEnd)
        }
    }

    @Test("it is answered by an owner who takes his time, too")
    func lateAnswer() async throws {
        try await withWitness { daemon in
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(#"{"id":1,"method":"add","params":{"path":"m"}}"#)
            let peer = try RawPeer(daemon.tcp)
            try peer.say(#"{"id":"x","method":"call","params":{"path":"m"}}"#)
            peer.endWriting()
            let id = try owner.hearValue()["id"]?.string ?? ""
            // By now the daemon knows that the peer says nothing more: what it says to a third one comes later.
            try daemon.expectService()
            try owner.say(#"{"id":"\#(id)","result":[1]}"#)
            let answer = try peer.hear()
            #expect(answer == #"{"id":"x","result":[1]}"#)
            let isAtEnd = try peer.isAtEnd()
            #expect(isAtEnd)
        }
    }

    @Test("it gets all that it asked for, however slowly it reads", arguments: [false, true])
    func longAnswer(byTCP: Bool) async throws {
        try await withWitness { daemon in
            let size = 3 << 20
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(
                #"{"id":1,"method":"add","params":{"path":"a","value":""# + String(repeating: "x", count: size)
                    + #""}}"#)
            let peer = try RawPeer(byTCP ? daemon.tcp : daemon.unix, receiveBuffer: 4096)
            for id in 1...3 { try peer.say(#"{"id":\#(id),"method":"get","params":{}}"#) }
            peer.endWriting()
            try daemon.wait { $0.messages >= 4 }
            for id in 1...3 {
                let answer = try peer.hear()
                #expect(answer.hasPrefix(#"{"id":\#(id),"result":[{"path":"a""#))
                #expect(answer.utf8.count > size)
            }
            let isAtEnd = try peer.isAtEnd()
            #expect(isAtEnd)
        }
    }

    @Test("it gets the whole snapshot of its fetch")
    func wholeSnapshot() async throws {
        try await withWitness({ $0.bus.snapshotChunk = 4096 }) { daemon in
            let owner = try RawPeer(daemon.unix)
            try owner.addStates(1000)
            let peer = try RawPeer(daemon.tcp)
            try peer.say(#"{"id":1,"method":"fetch","params":{"id":"f"}}"#)
            peer.endWriting()
            let answer = try peer.hear()
            #expect(answer == Self.answer)
            for number in 0..<1000 {
                let path = try peer.hearValue()["params"]?["path"]?.string
                #expect(path == "state/\(number)")
            }
            let isAtEnd = try peer.isAtEnd()
            #expect(isAtEnd)
        }
    }

    @Test("a reset amid a snapshot ends what the peer had, and nothing else")
    func resetAmidSnapshot() async throws {
        try await withWitness({ $0.bus.snapshotChunk = 4096 }) { daemon in
            let owner = try RawPeer(daemon.unix)
            try owner.addStates(2000, padding: 1000)
            let peer = try RawPeer(daemon.tcp, receiveBuffer: 4096)
            try peer.say(#"{"id":1,"method":"add","params":{"path":"mine","value":1}}"#)
            try peer.say(#"{"id":2,"method":"fetch","params":{"id":"f","path":{"startsWith":"state/"}}}"#)
            for _ in 0..<3 { _ = try peer.hear() }
            try peer.reset()
            try daemon.wait { $0.peers == 2 && $0.fetchers == 0 && $0.elements == 2000 }
        }
    }

    @Test("a daemon that stops writes what waits, tells its peers that nothing follows, and closes")
    func stop() async throws {
        try await withDaemon { daemon in
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(#"{"id":1,"method":"add","params":{"path":"a","value":0}}"#)
            let peers = [try RawPeer(daemon.unix), try RawPeer(daemon.tcp)]
            for peer in peers {
                _ = try peer.ask(#"{"id":1,"method":"fetch","params":{"id":"f"}}"#)
                _ = try peer.hear()
            }
            for value in 1...1000 { try owner.say(#"{"method":"change","params":{"path":"a","value":\#(value)}}"#) }
            _ = try owner.ask(Self.echo)
            let stopped = Background { try block { await daemon.daemon.stop() } }
            for peer in peers {
                for value in 1...1000 {
                    let heard = try peer.hearValue()["params"]?["value"]
                    #expect(heard == .number(value))
                }
                let isAtEnd = try peer.isAtEnd()
                #expect(isAtEnd)
                peer.close()
            }
            let isAtEnd = try owner.isAtEnd()
            #expect(isAtEnd)
            owner.close()
            try stopped.wait()
            #expect(throws: RawPeer.Failure.self) { try RawPeer(daemon.unix) }
        }
    }

    @Test("a daemon's end does not wait for ever for a peer that does not read, nor for one that does not close")
    func stopWithDeafPeers() async throws {
        try await withDaemon { daemon in
            let owner = try RawPeer(daemon.unix)
            try owner.addStates(2000, padding: 1000)
            let deaf = try RawPeer(daemon.tcp, receiveBuffer: 4096)
            try deaf.say(#"{"id":1,"method":"fetch","params":{"id":"f"}}"#)
            try daemon.wait { $0.fetchers == 1 }
            let mute = try RawPeer(daemon.tcp)
            _ = try mute.ask(Self.echo)
            try block { await daemon.daemon.stop() }
            let isAtEnd = try mute.isAtEnd()
            #expect(isAtEnd)
        }
    }
}
