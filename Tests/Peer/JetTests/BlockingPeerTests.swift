import Dispatch
import JSONText
import Jet
import JetProtocol
import NIOCore
import NIOPosix
import Testing

/// What scripts do, on threads as scripts have them.
@Suite("A blocking peer", .timeLimit(.minutes(1)))
struct BlockingPeerTests {
    @Test("set, call, get, configure, info, echo: each returns when it is done")
    func consuming() async throws {
        try await withPeers { provider, _ in
            let level = try await provider.addState("level", 1) { request in
                request.value <= 100 ? .accept : .adjust(100)
            }
            try await provider.addMethod("sum") { (numbers: [Int]) in numbers.reduce(0, +) }
            try await provider.addMethod("seven") { 7 }
            let endpoint = provider.endpoint
            try await onThread {
                let peer = try BlockingPeer(endpoint, configuration: .patient)
                #expect(peer.isConnected)
                #expect(try peer.set("level", to: 300, valueAsResult: true) == 100)
                #expect(try peer.call("sum", [1, 2], as: Int.self) == 3)
                #expect(try peer.call("seven") == 7)
                #expect(try peer.get(.path("level"), as: Int.self).first?.value == 100)
                try peer.configure(name: "a script", debug: true)
                #expect(try !peer.info().version.isEmpty)
                #expect(try peer.echo("x") == "x")
                #expect(try peer.request("echo", [1]) == [1])
                let error = #expect(throws: JetError.self) { try peer.set("nothing", to: 1) }
                #expect(error?.refusal == .pathNotExists("nothing"))
                try peer.notifySet("level", to: 5)
                try peer.notifyCall("seven")
                let sum = try peer.batch { batch in try batch.call("sum", [3, 4], as: Int.self) }
                #expect(try sum.wait() == 7)
                peer.close()
                #expect(!peer.isConnected)
                #expect(throws: JetError.self) { try peer.echo(1) }
            }
            #expect(level.value == 5)
        }
    }

    @Test("States and Methods are served on threads of their own, and handlers may wait for the peer")
    func providing() async throws {
        try await withPeers { provider, user in
            try await user.addMethod("limit") { 10 }
            let endpoint = provider.endpoint
            let script = Task {
                try await onThread {
                    let peer = try BlockingPeer(endpoint, configuration: .patient)
                    let state = try peer.addState("a", 1) { request in
                        let limit = try peer.call("limit", as: Int.self)
                        return request.value <= limit ? .accept : .adjust(limit)
                    }
                    try peer.addState("read-only", "x")
                    let method = try peer.addMethod("twice") { (numbers: [Int]) in
                        // Another element of the same peer.
                        try peer.set("a", to: numbers.first ?? 0)
                        return state.value * 2
                    }
                    try peer.addMethod("nothing") { (_: JSON) in }
                    try peer.addMethod("now") { true }
                    try peer.addMethod("end") { throw JetError(.other(17), "not yet") }
                    try peer.addMethod("quit") { peer.close() }
                    try state.change(2)
                    try peer.addState("ready", true)
                    try peer.untilClosed()
                    #expect(throws: JetError.self) { try peer.remove(method) }
                }
            }
            for try await event in try await user.fetch(.path("ready")) where event.kind == .add { break }
            #expect(try await user.get(.path("a")).first?.value == 2)
            #expect(try await user.set("a", to: 99, valueAsResult: true) == 10)
            #expect(try await user.call("twice", [4]) == 8)
            #expect(try await user.call("nothing", ["x": 1]) == .null)
            #expect(try await user.call("now") == true)
            #expect(await #expect(throws: JetError.self) { try await user.call("end") }?.code == .other(17))
            let error = await #expect(throws: JetError.self) { try await user.set("read-only", to: "y") }
            #expect(error?.refusal == .fetchOnly("read-only"))
            try user.notifyCall("quit")
            try await script.value
        }
    }

    @Test("what was removed can be added again, with a new value or the old one")
    func again() async throws {
        try await withPeers { provider, _ in
            let endpoint = provider.endpoint
            try await onThread {
                let peer = try BlockingPeer(endpoint, configuration: .patient)
                let state = try peer.addState("a", 1)
                let method = try peer.addMethod("m") {}
                func values() throws -> [JSON?] { try peer.get(.everything.sorted()).map(\.value) }
                try peer.remove(state)
                try peer.remove(method)
                #expect(try values() == [])
                try peer.add(state)
                try peer.add(method)
                #expect(try values() == [1, nil])
                try peer.remove(state)
                try peer.add(state, 2)
                #expect(try values() == [2, nil])
                peer.close()
            }
        }
    }

    @Test("fetches: event by event, until nothing comes in time or it is over")
    func fetching() async throws {
        try await withPeers { provider, _ in
            let endpoint = provider.endpoint
            try await onThread {
                let peer = try BlockingPeer(endpoint, configuration: .patient)
                let state = try peer.addState("a", 1)
                let fetcher = try peer.fetch(matching: "^a$", as: Int.self)
                #expect(try fetcher.next()?.value == 1)
                #expect(
                    #expect(throws: JetError.self) { try fetcher.next(timeout: .milliseconds(1)) }?.code == .timeout)
                #expect(fetcher.isFetching, "the fetch goes on")
                try state.change(2)
                #expect(try fetcher.next()?.value == 2)
                try state.change(3)
                try fetcher.forEach { event in
                    #expect(event.value == 3)
                    try fetcher.unfetch()
                }
                #expect(!fetcher.isFetching)
                try fetcher.fetch()
                #expect(try fetcher.next()?.kind == .add)

                let window = try peer.window(.everything.sorted(by: .value(.number)), as: Int.self)
                #expect(try window.next()?.map(\.value) == [3])
                let sorted = try peer.fetchSorted(.everything.sorted(by: .value(.number)), as: Int.self)
                #expect(try sorted.next()?.count == 1)
                peer.close()
                #expect(try window.next() == nil)
            }
        }
    }

    @Test("a refused connection and a silent daemon end with an error")
    func failures() async throws {
        try await onThread {
            let error = #expect(throws: JetError.self) { try BlockingPeer(.unix(path: socketPath())) }
            #expect(error?.code == .notConnected)
        }
        let daemon = try await FakeDaemon.start()
        var configuration = Peer.Configuration()
        configuration.requestTimeout = .milliseconds(20)
        let (endpoint, hasty) = (daemon.endpoint, configuration)
        try await onThread {
            let peer = try BlockingPeer(endpoint, configuration: hasty)
            #expect(#expect(throws: JetError.self) { try peer.echo(1) }?.code == .timeout)
            #expect(#expect(throws: JetError.self) { try peer.call("m") }?.code == .timeout)
            #expect(
                #expect(throws: JetError.self) { try peer.batch { _ in try peer.echo(1) } }?.code == .timeout,
                "nothing is sent inside of a batch")
            peer.close()
        }
        await daemon.stop()
    }

    @Test("where waiting would hold up others, in a task or on an event loop, it is refused at once")
    func refused() async throws {
        try await withPeers { provider, _ in
            let endpoint = provider.endpoint
            #expect(throws: JetError.self) { try BlockingPeer(endpoint) }
            let peer = try await onThread { try BlockingPeer(endpoint, configuration: .patient) }
            #expect(#expect(throws: JetError.self) { try peer.echo(1) }?.code == .mustNotWait)
            let onLoop = try await MultiThreadedEventLoopGroup.singleton.next().submit { () -> JetError.Code? in
                do {
                    try peer.set("a", to: 1)
                    return nil
                } catch {
                    return (error as? JetError)?.code
                }
            }.get()
            #expect(onLoop == .mustNotWait)
            peer.close()
            try await eventually("but it closes") { !peer.isConnected }
        }
    }
}
