import JSONText
import JetProtocol
import Testing

@testable import Jet

/// What lua-jet's API says on the wire, said with ours. (What owners do with it: `SetTests`, `CallTests`, `StateTests`.)
@Suite("The words of lua-jet's API", .timeLimit(.minutes(1)))
struct ClassicWordsTests {
    /// What a peer says to a daemon that never answers.
    private func said(
        _ count: Int, _ say: @escaping @Sendable (Peer) async throws -> Void
    ) async throws -> [JSON] {
        let daemon = try await FakeDaemon.start()
        let peer = try await Peer.connect(to: daemon.endpoint, configuration: .patient)
        let task = Task { try await say(peer) }
        var said: [JSON] = []
        for await message in daemon.messages {
            said.append(message)
            if said.count == count { break }
        }
        await peer.close()
        _ = await task.result
        await daemon.stop()
        return said
    }

    @Test("set and call with callbacks are requests, with a timeout if there is one; without, notifications")
    func setAndCall() async throws {
        let notifications = try await said(3) { peer in
            try peer.notifySet("s", to: 1)
            try peer.notifyCall("m", ["a": 1])
            try peer.notifyCall("m")
        }
        #expect(
            notifications == [
                ["method": "set", "params": ["path": "s", "value": 1]],
                ["method": "call", "params": ["path": "m", "args": ["a": 1]]],
                ["method": "call", "params": ["path": "m"]],
            ])
        let set = try await said(1) { peer in try await peer.set("s", to: 1, timeout: .milliseconds(1500)) }
        #expect(set[0]["id"]?.int != nil)
        #expect(set[0]["params"] == ["path": "s", "value": 1, "timeout": 1.5])
        let call = try await said(1) { peer in try await peer.call("m", [1, 2]) }
        #expect(call[0]["id"]?.int != nil)
        #expect(call[0]["params"] == ["path": "m", "args": [1, 2]])
    }

    @Test("a string to fetch by is a pattern of Lua")
    func pattern() async throws {
        let fetch = try await said(1) { peer in _ = try await peer.fetch(matching: "^net/%d+$") as Fetcher<JSON> }
        #expect(fetch[0]["params"]?["match"] == ["^net/%d+$"])
        try await withPeers { provider, user in
            for path in ["net/1", "net/12", "net/x"] { try await provider.addState(path, 1) }
            #expect(Set(try await user.get(.path(matching: "^net/%d+$")).map(\.path)) == ["net/1", "net/12"])
            #expect(try await user.get(.path(matching: "ET/X", caseInsensitive: true)).map(\.path) == ["net/x"])
            var paths: Set<String> = []
            for try await event in try await user.fetch(matching: "%d") {
                paths.insert(event.path)
                if paths.count == 2 { break }
            }
            #expect(paths == ["net/1", "net/12"])
            let error = await #expect(throws: JetError.self) {
                _ = try await user.fetch(matching: "[a") as Fetcher<JSON>
            }
            guard case .badRule(at: "match", _) = error?.refusal else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("the whole of the older form is read from the same JSON that lua-jet sends")
    func olderForm() async throws {
        try await withPeers { provider, user in
            for score in 1...5 { try await provider.addState("player/\(score)", ["score": score]) }
            let rule = try FetchRule(parsing: [
                "match": ["^player/"], "unmatch": ["3$"],
                "where": ["prop": "score", "op": "greaterThan", "value": 1],
                "sort": ["byValue": true, "prop": "score", "descending": true], "max": 2,
            ])
            for try await entries in try await user.window(rule) {
                #expect(entries.map(\.path) == ["player/5", "player/4"])
                break
            }
        }
    }

    @Test("on_connect is what follows connect; on_close what follows untilClosed, however it came about")
    func life() async throws {
        try await withDaemon { endpoint in
            let peer = try await Peer.connect(to: endpoint, configuration: .patient)
            #expect(peer.isConnected)
            let closed = Task { await peer.untilClosed() }
            await peer.close()
            await closed.value
            await peer.untilClosed()
        }
        let daemon = try await FakeDaemon.start()
        let peer = try await Peer.connect(to: daemon.endpoint, configuration: .patient)
        var events = peer.connectionEvents.makeAsyncIterator()
        await daemon.stop()
        await peer.untilClosed()
        guard case .disconnected(let error) = await events.next() else {
            Issue.record("the reason is told")
            return
        }
        #expect(error.code == .notConnected)
        #expect(await events.next() == nil)
    }
}
