import Testing

@testable import Jet

/// Connecting, closing, losing connections and making them again.
@Suite("A peer's life", .timeLimit(.minutes(1)))
struct LifeTests {
    @Test("over TCP it is the same")
    func tcp() async throws {
        try await withDaemon(at: .tcp(host: "127.0.0.1", port: 0)) { endpoint in
            let provider = try await Peer.connect(to: endpoint, configuration: .init(name: "provider"))
            let user = try await Peer.connect(to: endpoint, configuration: .patient)
            #expect(provider.isConnected)
            #expect(provider.endpoint == endpoint)
            let state = try await provider.addState("a", 1) { _ in .accept }
            let fetcher = try await user.fetch(.path("a"), as: Int.self)
            try await user.set("a", to: 2)
            #expect(state.value == 2)
            var values: [Int?] = []
            for try await event in fetcher {
                values.append(event.value)
                if event.value == 2 { break }
            }
            #expect(values == [1, 2])
            await provider.close()
            for try await event in fetcher {
                #expect(event.kind == .remove)
                break
            }
            await user.close()
        }
    }

    @Test("a peer is connected when connect returns: 500 times", arguments: [true, false])
    func atOnce(isTCP: Bool) async throws {
        try await withDaemon(at: isTCP ? .tcp(host: "127.0.0.1", port: 0) : .unix(path: socketPath())) { endpoint in
            for _ in 0..<250 {
                let peer = try await Peer.connect(to: endpoint, configuration: .patient)
                #expect(peer.isConnected)
            }
        }
    }

    @Test("if the connection is refused, the error names the endpoint and the reason")
    func refusedConnection() async throws {
        let path = socketPath()
        let error = await #expect(throws: JetError.self) { try await Peer.connect(to: .unix(path: path)) }
        #expect(error?.code == .notConnected)
        #expect(error?.message.contains(path) == true)
        #expect(error?.message.contains("is jetd running?") == true)

        // The port of a service that nobody has run for decades. One that was free a moment ago may be another test's.
        let endpoint = Endpoint.tcp(host: "127.0.0.1", port: 1)
        let refused = await #expect(throws: JetError.self) { try await Peer.connect(to: endpoint) }
        #expect(refused?.code == .notConnected)
        #expect(refused?.message.contains("the connection was refused") == true)

        let webSocket = Endpoint.webSocket(host: "127.0.0.1", port: 1)
        let wrong = await #expect(throws: JetError.self) { try await Peer.connect(to: webSocket) }
        #expect(wrong?.code == .notConnected)
        #expect(wrong?.message.contains("ws://127.0.0.1:1") == true)
    }

    @Test("the daemon of this machine is found by itself, or where the environment says")
    func local() async throws {
        try await withDaemon { endpoint in
            let environment = ["JET_CONNECT": "\(endpoint)"]
            let peer = try await Peer.connectLocally(configuration: .init(), environment: environment)
            #expect(peer.endpoint == endpoint)
            await peer.close()
        }
        let wrong = await #expect(throws: JetError.self) {
            try await Peer.connectLocally(configuration: .init(), environment: ["JET_CONNECT": "http://x"])
        }
        #expect(wrong?.code == .invalidEndpoint)
        let nowhere = Endpoint.unix(path: socketPath())
        let nobody = await #expect(throws: JetError.self) {
            try await Peer.connectLocally(configuration: .init(), environment: ["JET_CONNECT": "\(nowhere)"])
        }
        #expect(nobody?.code == .notConnected)
    }

    @Test("close fails who waits, ends fetches, and takes the States off the bus")
    func close() async throws {
        try await withDaemonStatistics { endpoint, statistics in
            let provider = try await Peer.connect(to: endpoint, configuration: .patient)
            let user = try await Peer.connect(to: endpoint, configuration: .patient)
            let (called, call) = AsyncStream.makeStream(of: Void.self)
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            try await provider.addMethod("slow") {
                call.finish()
                for await _ in gate {}
            }
            let state = try await user.addState("a", 1)
            let waiting = Task { try await user.call("slow") }
            for await _ in called {}
            try state.change(2)
            await user.close()

            #expect(await #expect(throws: JetError.self) { try await waiting.value }?.code == .closed)
            #expect(await #expect(throws: JetError.self) { try await user.echo(1) }?.code == .closed)
            #expect(throws: JetError.self) { try state.change(3) }
            #expect(!user.isConnected)
            #expect(!state.isAdded)
            #expect(state.value == 2)
            try await eventually("the daemon knows of one element") { try await statistics().elements == 1 }
            await user.close()
            open.finish()
            await provider.close()
            try await eventually("the daemon knows of nothing") {
                let count = try await statistics()
                return count.elements == 0 && count.peers == 0
            }
        }
    }

    @Test("what was said before close is said")
    func lastWords() async throws {
        try await withDaemon { endpoint in
            let user = try await Peer.connect(to: endpoint, configuration: .patient)
            let fetcher = try await user.fetch(.everything, as: Int.self)
            for round in 1...20 {
                let provider = try await Peer.connect(to: endpoint, configuration: .patient)
                let state = try await provider.addState("a", 0)
                try state.change(round)
                await provider.close()
                var values: [Int?] = []
                for try await event in fetcher {
                    values.append(event.value)
                    if event.kind == .remove { break }
                }
                #expect(values == [0, round, round])
            }
            await user.close()
        }
    }

    @Test("a peer that nobody keeps closes by itself")
    func dropped() async throws {
        try await withDaemonStatistics { endpoint, statistics in
            var peer: Peer? = try await Peer.connect(to: endpoint, configuration: .patient)
            var state: State<Int>? = try await peer?.addState("a", 1) { _ in .accept }
            peer = nil
            try state?.change(2)
            #expect(try await statistics().peers == 1, "the State keeps its peer")
            state = nil
            try await eventually("the daemon has no peers") { try await statistics().peers == 0 }
        }
    }

    @Test("without reconnecting, a daemon that goes ends everything with an error that says so")
    func daemonGoes() async throws {
        let endpoint = Endpoint.unix(path: socketPath())
        var peer: Peer?
        var fetcher: Fetcher<JSON>?
        var state: State<Int>?
        var events: ConnectionEvents.Iterator?
        try await withDaemon(at: endpoint) { endpoint in
            let connected = try await Peer.connect(to: endpoint, configuration: .patient)
            fetcher = try await connected.fetch(.everything)
            state = try await connected.addState("a", 1)
            events = connected.connectionEvents.makeAsyncIterator()
            peer = connected
        }
        guard case .disconnected(let error)? = await events?.next() else {
            Issue.record("no event")
            return
        }
        #expect(error.code == .notConnected)
        #expect(await events?.next() == nil)
        #expect(peer?.isConnected == false)
        #expect(await #expect(throws: JetError.self) { _ = try await peer?.info() }?.code == .notConnected)
        #expect(throws: JetError.self) { try state?.change(2) }
        let live = try #require(fetcher)
        let end = await #expect(throws: JetError.self) { for try await _ in live {} }
        #expect(end?.code == .notConnected)
        await peer?.close()
    }

    @Test("a daemon that goes and comes back finds everything as it was")
    func daemonComesBack() async throws {
        let endpoint = Endpoint.unix(path: socketPath())
        var configuration = Peer.Configuration.patient
        configuration.reconnect = .always(first: .milliseconds(1), longest: .milliseconds(20))

        var peers: (provider: Peer, user: Peer)?
        var states: (kept: State<Int>, removed: State<Int>)?
        var fetcher: Fetcher<Int>?
        var events: ConnectionEvents.Iterator?
        try await withDaemon(at: endpoint) { endpoint in
            let provider = try await Peer.connect(to: endpoint, configuration: configuration)
            let user = try await Peer.connect(to: endpoint, configuration: configuration)
            states = (
                try await provider.addState("kept", 1) { _ in .accept },
                try await provider.addState("removed", 1)
            )
            try await provider.addMethod("method") { "still here" }
            let live = try await user.fetch(.everything, as: Int.self)
            var count = 0
            for try await _ in live {
                count += 1
                if count == 3 { break }
            }
            events = provider.connectionEvents.makeAsyncIterator()
            (peers, fetcher) = ((provider, user), live)
        }
        let (provider, user) = try #require(peers)
        let live = try #require(fetcher)
        guard case .disconnected? = await events?.next() else {
            Issue.record("the loss was not told")
            return
        }

        // Nobody is there now.
        let error = await #expect(throws: JetError.self) { try await provider.info() }
        #expect(error?.code == .notConnected)
        try states?.kept.change(2)
        try await states?.removed.remove()
        #expect(states?.kept.isAdded == true)
        #expect(live.isFetching)

        try await withDaemon(at: endpoint) { _ in
            guard case .connected? = await events?.next() else {
                Issue.record("the reconnect was not told")
                return
            }
            try await eventually("both are back") { user.isConnected && provider.isConnected }
            // The user may come back before the provider: then it hears everything go first.
            var known: [String: Int?] = ["kept": 1, "removed": 1, "method": nil]
            for try await event in live {
                switch event.kind {
                case .add, .change: known[event.path] = .some(event.value)
                case .remove: known[event.path] = nil
                }
                if known.count == 2, known["kept"] == 2 { break }
            }
            #expect(known.keys.sorted() == ["kept", "method"])
            #expect(try await user.call("method") == "still here")
            #expect(try await user.set("kept", to: 3) == true)
            #expect(states?.kept.value == 3)
            try states?.kept.change(4)
            for try await event in live where event.value == 4 { break }
            await provider.close()
            await user.close()
        }
    }

    @Test("closing while there is no daemon ends the attempts to find one")
    func closeWhileAway() async throws {
        let endpoint = Endpoint.unix(path: socketPath())
        var configuration = Peer.Configuration.patient
        configuration.reconnect = .always(first: .milliseconds(1), longest: .milliseconds(1))
        let peer = try await withDaemon(at: endpoint) { try await Peer.connect(to: $0, configuration: configuration) }
        try await eventually("the loss is noticed") { !peer.isConnected }
        await peer.close()
        try await withDaemonStatistics(at: endpoint) { endpoint, statistics in
            let other = try await Peer.connect(to: endpoint, configuration: .patient)
            try await other.echo(true)
            #expect(try await statistics().peers == 1)
            await other.close()
        }
    }
}
