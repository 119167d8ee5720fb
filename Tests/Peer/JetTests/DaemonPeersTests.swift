import Glibc
import JSONText
import Jet
import Testing

@Suite("Who is connected", .timeLimit(.minutes(1)))
struct DaemonPeersTests {
    /// Asks a daemon that answers like this.
    private func ask(answering answer: JSON.Object) async throws -> DaemonPeers {
        let daemon = try await FakeDaemon.start()
        let peer = try await Peer.connect(to: daemon.endpoint)
        let asked = Task { try await peer.peers() }
        for await message in daemon.messages where message["method"] == "peers" {
            #expect(message["params"] == nil)
            var response = answer
            response["id"] = message["id"]
            try await daemon.send(.object(response))
            break
        }
        let result = await asked.result
        await peer.close()
        await daemon.stop()
        return try result.get()
    }

    @Test func `Accounts and peers are read as the daemon reports them`() async throws {
        let peers = try await ask(answering: [
            "result": [
                "accounts": [["account": "uid 1000", "connections": 2, "elements": 3, "bytes": 50, "refused": 1]],
                "peers": [
                    [
                        "peer": 3, "name": "lamp", "user": "admin", "uid": 1000, "pid": 123, "account": "uid 1000",
                        "messages": 7, "work": 5000, "elements": 3, "bytes": 50, "fetches": 2, "ruleBytes": 40,
                        "pendingRequests": 1, "unread": 9, "conflated": 4, "refused": 1, "slow": true,
                    ],
                    ["peer": 4, "address": "127.0.0.1:5555", "account": "127.0.0.1"],
                ],
            ]
        ])
        let account = try #require(peers.accounts.first)
        #expect((account.name, account.connections, account.usage.refused) == ("uid 1000", 2, 1))
        #expect((account.usage.elements, account.usage.bytes, account.usage.work) == (3, 50, 0))
        let (lamp, other) = (peers.peers[0], peers.peers[1])
        #expect((lamp.number, lamp.name, lamp.user) == (3, "lamp", "admin"))
        #expect((lamp.uid, lamp.pid, lamp.address, lamp.account) == (1000, 123, nil, "uid 1000"))
        #expect((lamp.usage.messages, lamp.usage.work, lamp.usage.fetches) == (7, 5000, 2))
        #expect((lamp.usage.ruleBytes, lamp.usage.pendingRequests, lamp.usage.unread) == (40, 1, 9))
        #expect((lamp.conflated, lamp.isSlow) == (4, true))
        #expect((other.name, other.user, other.uid, other.pid) == (nil, nil, nil, nil))
        #expect((other.address, other.isSlow) == ("127.0.0.1:5555", false))
    }

    @Test(.enabled(if: getuid() == 0, "root has the right"))
    func `A daemon reports the peers of its own user to itself`() async throws {
        try await withPeers { provider, user in
            try await provider.addState("a", 1)
            try await provider.configure(name: "provider")
            try await provider.echo(true)
            let peers = try await user.peers()
            #expect(peers.peers.count == 2)
            #expect(peers.peers.first { $0.name == "provider" }?.usage.elements == 1)
            #expect(peers.accounts.reduce(0) { $0 + $1.connections } == 2)
        }
    }

    @Test func `A peer without the right to know receives the refusal`() async throws {
        let error = await #expect(throws: JetError.self) {
            _ = try await ask(answering: [
                "error": ["code": -32602, "message": "Invalid params", "data": ["noAccess": "peers"]]
            ])
        }
        #expect(error?.refusal == .noAccess("peers"))
    }
}
