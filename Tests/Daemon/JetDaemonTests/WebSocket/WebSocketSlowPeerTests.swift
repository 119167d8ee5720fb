import JSONText
import JetBus
import JetDaemon
import JetProtocol
import Testing

/// WebSocket peers that do not read: what is due to them and what they are still to say stays whole and in order.
@Suite("WebSocket: slow peers", .timeLimit(.minutes(5)))
struct WebSocketSlowPeerTests {
    @Test("a peer that does not read while others change ends with the truth, and with the answer to its ping")
    func conflation() async throws {
        try await withWitness({ $0.keepLittle() }) { daemon in
            let (states, rounds) = (20, 300)
            let publisher = try RawPeer(daemon.unix)
            try publisher.addStates(states)
            let slow = try WebSocketPeer(raw: daemon.webSocket, receiveBuffer: 4096)
            _ = try slow.request(WebSocketPeer.handshake())
            _ = try slow.ask(#"{"id":1,"method":"fetch","params":{"id":"f"}}"#)
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
            try slow.send(.ping("are you there?"))

            var latest = [String: Int]()
            var hasPong = false
            while !hasPong || latest.count < states || latest.values.contains(where: { $0 != rounds }) {
                let frame = try slow.hearFrame()
                guard frame.first == 0x81 else {
                    hasPong = hasPong || frame == .pong("are you there?")
                    continue
                }
                let heard = try JSON(parsing: frame.payload.span.bytes)["params"]
                let path = try #require(heard?["path"]?.string)
                let round = try #require(heard?["value"]?[0]?.int)
                #expect(round > latest[path] ?? -1, "\(path) was \(latest[path] ?? -1)")
                latest[path] = round
            }
        }
    }

    @Test("a peer that reads none of its responses is not read, and later gets all of them in order, and its close")
    func unreadResponses() async throws {
        try await withWitness({ $0.keepLittle() }) { daemon in
            let (count, padding) = (3000, String(repeating: "x", count: 1000))
            let peer = try WebSocketPeer(daemon.webSocket)
            // It writes on a thread of its own, for it will be made to wait.
            let mouth = try RawPeer(copying: peer.raw.descriptor)
            let writing = Background {
                for id in 0..<count {
                    let message = #"{"id":\#(id),"method":"echo","params":["\#(padding)"]}"#
                    try mouth.write(WebSocketPeer.bytes(.text(message)))
                }
                try mouth.write(WebSocketPeer.bytes(.close(1000)))
            }
            try daemon.expectService()
            for id in 0..<count {
                let heard = try peer.hear()
                guard heard == #"{"id":\#(id),"result":["\#(padding)"]}"# else {
                    Issue.record("\(heard) instead of \(id)")
                    break
                }
            }
            try writing.wait()
            try peer.expectEnd(1000)
        }
    }
}
