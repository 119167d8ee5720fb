import Glibc
import JSONText
import JetProtocol
import TestSupport
import Testing

/// What conflation is for: a subscriber that stops reading while a publisher goes on. `packaging/slow-subscriber` shows the
/// same with a release build, ten times as many changes, and times.
@Suite("A subscriber that stops reading", .timeLimit(.minutes(5)))
struct SlowSubscriberTests {
    private let states = 100
    private let changes = 100_000

    @Test("the publisher is served, memory is bounded, the subscriber ends with the truth, and info tells of it")
    func demonstration() async throws {
        try await withJetd { jetd in
            let publisher = try RawPeer(jetd.endpoints[0])
            try publisher.addStates(states, padding: 64)
            let subscriber = try RawPeer(jetd.endpoints[1], receiveBuffer: 4096)
            _ = try subscriber.ask(#"{"id":"fetched","method":"fetch","params":{"id":"f"}}"#)
            let before = try jetd.residentMemory()

            let padding = String(repeating: "y", count: 64)
            var bytes: [UInt8] = []
            for number in 1...changes {
                let path = "state/\(number % states)"
                bytes += RawPeer.framed(
                    #"{"method":"change","params":{"path":"\#(path)","value":[\#(number),"\#(padding)"]}}"#)
                if bytes.count > 1 << 18 {
                    try publisher.write(bytes)
                    bytes = []
                }
            }
            try publisher.write(bytes)
            // The answer comes while the subscriber has read nothing: the publisher did not wait for it.
            let answer = try publisher.ask(#"{"id":"published","method":"echo"}"#)
            #expect(answer == #"{"id":"published","result":true}"#)
            // Its outbox is full at 4 MiB, and has grown to twice that at most.
            let grown = try jetd.residentMemory() - before
            #expect(grown < 16 << 10, "\(grown) KiB")

            let info = try publisher.askValue(#"{"id":"info","method":"info"}"#)
            let statistics = info["result"]?["statistics"]
            #expect(statistics?["conflated"]?.int ?? 0 > 0)
            #expect(statistics?["slowPeers"] == 1)
            #expect(statistics?["notifications"]?.int ?? 0 >= changes)

            var newest: [String: Int] = [:]
            var heard = 0
            while newest.count < states || newest.values.contains(where: { $0 <= changes - states }) {
                let params = try subscriber.hearValue()["params"]
                let path = try #require(params?["path"]?.string)
                let number = try #require(params?["value"]?[0]?.int)
                #expect(number > newest[path] ?? -1, "an older value of \(path)")
                newest[path] = number
                heard += 1
            }
            #expect(heard < changes)
            let last = try subscriber.ask(#"{"id":"last","method":"echo"}"#)
            #expect(last == #"{"id":"last","result":true}"#, "nothing follows the truth")
        }
    }
}
