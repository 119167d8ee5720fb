import JSONText
import Jet
import TestSupport
import Testing

/// A daemon that is broken, slow, or no daemon at all.
@Suite("A daemon that misbehaves", .timeLimit(.minutes(1)))
struct HostileDaemonTests {
    private func withFake(
        configuration: Peer.Configuration = .patient, _ body: (FakeDaemon, Peer) async throws -> Void
    ) async throws {
        let daemon = try await FakeDaemon.start()
        let peer = try await Peer.connect(to: daemon.endpoint, configuration: configuration)
        do {
            try await body(daemon, peer)
        } catch {
            await daemon.stop()
            throw error
        }
        await daemon.stop()
        await peer.close()
    }

    @Test("one that never answers: every request ends by itself")
    func silent() async throws {
        var configuration = Peer.Configuration()
        configuration.requestTimeout = .milliseconds(20)
        try await withFake(configuration: configuration) { _, peer in
            #expect(await #expect(throws: JetError.self) { try await peer.info() }?.code == .timeout)
            #expect(await #expect(throws: JetError.self) { try await peer.get(.everything) }?.code == .timeout)
            #expect(await #expect(throws: JetError.self) { try await peer.addState("a", 1) }?.code == .timeout)
            #expect(await #expect(throws: JetError.self) { try await peer.call("m") }?.code == .timeout)
            #expect(
                await #expect(throws: JetError.self) { _ = try await peer.fetch(.everything) as Fetcher<JSON> }?.code
                    == .timeout)
        }
    }

    @Test(
        "one that talks garbage loses its peer, and nothing else happens",
        arguments: [
            [0xFF, 0xFF, 0xFF, 0xFF],
            Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8),
            many([0x7B]),
            many(Array(repeating: 0x5B, count: 100_000)),
            many(Array("{} {}".utf8)),
            many([0x22, 0xC0, 0x80, 0x22]),
        ] as [[UInt8]])
    func garbage(_ bytes: [UInt8]) async throws {
        try await withFake { daemon, peer in
            let waiting = Task { try await peer.info() }
            for await _ in daemon.messages { break }
            try await daemon.send(bytes: bytes)
            #expect(await #expect(throws: JetError.self) { try await waiting.value }?.code == .notConnected)
        }
    }

    private static func many(_ message: [UInt8]) -> [UInt8] {
        (0..<16).flatMap { _ in FakeDaemon.frame(message) }
    }

    @Test("an answer that cannot be read fails who waits for it, and nobody else")
    func unreadableAnswer() async throws {
        try await withFake { daemon, peer in
            var messages = daemon.messages.makeAsyncIterator()
            let first = Task { try await peer.get(.everything) }
            let id = try #require(await messages.next()?["id"])
            let second = Task { try await peer.echo(1) }
            let other = try #require(await messages.next()?["id"])
            let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
            try await daemon.send(bytes: FakeDaemon.frame(Array(#"{"id":\#(id),"result":\#(deep)}"#.utf8)))
            #expect(await #expect(throws: JetError.self) { try await first.value }?.code == .decoding)
            try await daemon.send(["id": other, "result": 2])
            #expect(try await second.value == 2)
            #expect(peer.isConnected)
        }
    }

    @Test("messages that make no sense are passed over; batches and empty frames are understood")
    func nonsense() async throws {
        try await withFake { daemon, peer in
            let waiting = Task { try await peer.echo(1) }
            var id = JSON.null
            for await message in daemon.messages {
                id = message["id"] ?? .null
                break
            }
            for message: JSON in [
                1, nil, [], [[]], [:], ["id": 99, "result": 1], ["id": [], "result": 1], ["result": 1],
                ["method": 1], ["method": "x"], ["id": nil, "method": "x", "params": []], ["error": 1],
                ["method": 1e99, "params": ["path": "a", "event": "add"]],
            ] { try await daemon.send(message) }
            try await daemon.send(bytes: [0, 0, 0, 0])
            try await daemon.send([["id": 98, "result": 1], ["id": id, "result": "answer"]])
            #expect(try await waiting.value == "answer")
        }
    }

    @Test("20,000 damaged messages: no trap, and a peer that knows what to do")
    func damaged() async throws {
        var generator = SeededGenerator(seed: 7)
        var configuration = Peer.Configuration.patient
        configuration.reconnect = .always(first: .milliseconds(1), longest: .milliseconds(1))
        try await withFake(configuration: configuration) { daemon, peer in
            let samples: [JSON] = [
                ["id": 1, "result": true], ["id": 2, "error": ["code": -1, "message": "x", "data": [1]]],
                ["id": "r1", "method": "a", "params": ["value": 1, "valueAsResult": true]],
                ["method": 3, "params": ["path": "a", "event": "change", "value": ["x": [1, "y"]]]],
            ]
            for _ in 0..<200 {
                var bytes: [UInt8] = []
                for _ in 0..<100 {
                    var text = (samples.randomElement(using: &generator) ?? .null).text
                    for _ in 0..<Int.random(in: 0...2, using: &generator) {
                        let at = Int.random(in: 0..<text.count, using: &generator)
                        text[at] = UInt8.random(in: 0...255, using: &generator)
                    }
                    bytes += FakeDaemon.frame(text)
                }
                try? await daemon.send(bytes: bytes)
            }
            await daemon.hangUp()
            try await eventually("it is connected again") { peer.isConnected }
        }
    }

    @Test("one that does not read: the newest values wait, and when it reads it gets the truth")
    func doesNotRead() async throws {
        var configuration = Peer.Configuration.patient
        configuration.outboxLimit = 64 << 10
        try await withFake(configuration: configuration) { daemon, peer in
            async let adding = peer.addState("a", 0)
            var messages = daemon.messages.makeAsyncIterator()
            let add = try #require(await messages.next())
            try await daemon.send(["id": add["id"] ?? .null, "result": true])
            let state = try await adding

            try await daemon.setReading(false)
            let count = 200_000
            for value in 1...count { try state.change(value) }
            #expect(throws: JetError.self) { for _ in 0..<100_000 { try peer.notifyCall("m") } }
            #expect(state.value == count)
            try await daemon.setReading(true)

            var (last, heard) = (0, 0)
            while last < count, let message = await messages.next() {
                guard message["method"] == "change", let value = message["params"]?["value"]?.int else { continue }
                #expect(value > last)
                (last, heard) = (value, heard + 1)
            }
            #expect(heard < count, "some were left out")
            await peer.flush()
        }
    }
}
