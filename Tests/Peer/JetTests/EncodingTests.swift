import JSONText
import Jet
import JetProtocol
import TestSupport
import Testing

/// A peer that speaks MessagePack: it does all that others do.
@Suite("Peers that speak MessagePack", .timeLimit(.minutes(1)))
struct EncodingTests {
    private var packed: Peer.Configuration {
        var configuration = Peer.Configuration.patient
        configuration.encoding = .msgpack
        configuration.name = "packed"
        return configuration
    }

    @Test(
        "fetch, set and call each other's elements, and those of peers in JSON", arguments: [Encoding.json, .msgpack])
    func together(other: Encoding) async throws {
        try await withDaemon { endpoint in
            let one = try await Peer.connect(to: endpoint, configuration: packed)
            var configuration = packed
            configuration.encoding = other
            let two = try await Peer.connect(to: endpoint, configuration: configuration)
            for (owner, user) in [(one, two), (two, one)] {
                let state = try await owner.addState("a", ["é": [0.5, -70_000]]) { _ in .accept }
                let method = try await owner.addMethod("m") { (numbers: [Int]) in numbers.reduce(0, +) }
                let fetcher = try await user.fetch(.path("a"), as: [String: [Double]].self)
                var events = fetcher.makeAsyncIterator()
                #expect(try await events.next()?.value == ["é": [0.5, -70_000]])
                try await user.set("a", to: ["x": [1e300]])
                #expect(try await events.next()?.value == ["x": [1e300]])
                #expect(try await user.call("m", [1, 2, 3], as: Int.self) == 6)
                await #expect(throws: JetError.self) { try await user.set("nowhere", to: 1) }
                try await fetcher.unfetch()
                try await state.remove()
                try await method.remove()
            }
            await one.close()
            await two.close()
        }
    }

    @Test("ask before they say anything else, and then say it in MessagePack")
    func switching() async throws {
        let daemon = try await FakeDaemon.start()
        var messages = daemon.messages.makeAsyncIterator()
        let connected = Task { try await Peer.connect(to: daemon.endpoint, configuration: packed) }
        let question = await messages.next()
        #expect(question?["params"] == ["encoding": "msgpack"])
        try await daemon.send(["id": question?["id"] ?? nil, "result": true])
        let peer = try await connected.value
        #expect(await messages.next() == "not JSON")
        let echo = Task { try await peer.info() }
        #expect(await messages.next() == "not JSON")
        // The answer to the second request of this peer: {"id":2,"error":{"code":-32601,"message":"no"}}
        try await daemon.send(
            bytes: FakeDaemon.frame([UInt8](hex: "82a2696402a56572726f7282a4636f6465d180a7a76d657373616765a26e6f")))
        await #expect(throws: JetError.self) { _ = try await echo.value }
        await daemon.hangUp()
        await peer.close()
        await daemon.stop()
    }

    @Test("speak JSON to a daemon that refuses")
    func refused() async throws {
        let daemon = try await FakeDaemon.start()
        var messages = daemon.messages.makeAsyncIterator()
        let connected = Task { try await Peer.connect(to: daemon.endpoint, configuration: packed) }
        let question = await messages.next()
        try await daemon.send(["id": question?["id"] ?? nil, "error": ["code": -32602, "message": "Invalid params"]])
        let peer = try await connected.value
        #expect(await messages.next()?["params"] == ["name": "packed"])
        await daemon.hangUp()
        await peer.close()
        await daemon.stop()
    }

    @Test("are not connected to a daemon that does not answer, or hangs up instead")
    func silent() async throws {
        let daemon = try await FakeDaemon.start()
        var configuration = packed
        configuration.requestTimeout = .milliseconds(20)
        let error = await #expect(throws: JetError.self) {
            try await Peer.connect(to: daemon.endpoint, configuration: configuration)
        }
        #expect(error?.code == .timeout)
        var messages = daemon.messages.makeAsyncIterator()
        _ = await messages.next()
        let connected = Task { try await Peer.connect(to: daemon.endpoint, configuration: packed) }
        _ = await messages.next()
        await daemon.hangUp()
        let lost = await #expect(throws: JetError.self) { try await connected.value }
        #expect(lost?.code == .notConnected)
        await daemon.stop()
    }

    @Test("ask again after a reconnect, and are what they were")
    func reconnect() async throws {
        let path = socketPath()
        var configuration = packed
        configuration.reconnect = .always(first: .milliseconds(1), longest: .milliseconds(10))
        var peer: Peer?
        for round in 0..<3 {
            try await withDaemon(at: .unix(path: path)) { endpoint in
                if peer == nil {
                    peer = try await Peer.connect(to: endpoint, configuration: configuration)
                    _ = try await peer?.addState("a", 0.5)
                }
                let user = try await Peer.connect(to: endpoint, configuration: .patient)
                let fetcher = try await user.fetch(.path("a"), as: Double.self)
                var events = fetcher.makeAsyncIterator()
                #expect(try await events.next()?.value == 0.5, "round \(round)")
                await user.close()
            }
        }
        await peer?.close()
    }

    @Test("refuse to send what would be too long, and hear what is as long as can be")
    func long() async throws {
        try await withDaemon { endpoint in
            let peer = try await Peer.connect(to: endpoint, configuration: packed)
            // More than 16 MiB in MessagePack, less than that in JSON.
            let numbers = [Double](repeating: 0.1, count: 2_000_000)
            let error = await #expect(throws: JetError.self) { try await peer.addState("long", numbers) }
            #expect(error?.code == .limitExceeded)
            let plain = try await Peer.connect(to: endpoint, configuration: .patient)
            let state = try await plain.addState("long", numbers)
            let fetcher = try await peer.fetch(.path("long"), as: [Double].self)
            var events = fetcher.makeAsyncIterator()
            #expect(try await events.next()?.value?.count == numbers.count)
            try await state.remove()
            await peer.close()
            await plain.close()
        }
    }

    @Test("a message that cannot be read costs that message")
    func unreadable() async throws {
        let daemon = try await FakeDaemon.start()
        var messages = daemon.messages.makeAsyncIterator()
        let connected = Task { try await Peer.connect(to: daemon.endpoint, configuration: packed) }
        _ = await messages.next()
        try await daemon.send(["id": "encoding", "result": true])
        let peer = try await connected.value
        _ = await messages.next()
        let info = Task { try await peer.info() }
        _ = await messages.next()
        // NaN; then an answer to the question.
        try await daemon.send(bytes: FakeDaemon.frame([UInt8](hex: "ca7fc00000")))
        try await daemon.send(bytes: FakeDaemon.frame([UInt8](hex: "82a2696402a6726573756c7480")))
        await #expect(throws: Never.self) { _ = try await info.value }
        #expect(peer.isConnected)
        await peer.close()
        await daemon.stop()
    }
}
