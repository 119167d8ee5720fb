import Digests
import JSONText
import JetDaemon
import JetProtocol
import ProxyProtocol
import Testing

/// What peers of gateways may do that have not logged in.
@Suite("Gateways: strangers", .timeLimit(.minutes(5)))
struct StrangerTests {
    @Test func `A stranger sees and changes nothing, but may say its name and log in`() async throws {
        try await GatewayDaemon.with { gateway throws in
            let owner = try RawPeer(gateway.daemon.unix)
            try owner.addStates(2)
            let peer = try gateway.peer()
            for (method, params) in [
                ("get", [:]), ("fetch", ["id": "f"]), ("set", ["path": "state/0", "value": 1]),
                ("call", ["path": "m", "args": []]), ("add", ["path": "mine", "value": 1]), ("peers", [:]),
                ("offerPairing", [:]), ("keys", [:]), ("removeKey", ["fingerprint": .string("\(Fingerprint.test())")]),
                ("passwd", ["user": "john", "password": "x"]),
            ] as [(String, JSON)] {
                #expect(try peer.refusal(method, params) == ["loginRequired": true], "\(method)")
            }
            #expect(try peer.result("config", ["name": "me"]) == true)
            #expect(try peer.result("echo", [1]) == [1])
            #expect(try peer.result("info")?["statistics"]?["elements"] == 0)
            #expect(try peer.authenticate("john", "john's"))
            #expect(try peer.paths() == ["state/0", "state/1"])
        }
    }

    @Test func `With anonymous = "read" it sees what is not restricted, and a reload takes that from new connections`()
        async throws
    {
        try await GatewayDaemon.with({ $0.anonymous = .read }) { gateway throws in
            let owner = try RawPeer(gateway.daemon.unix)
            try owner.addStates(1)
            try owner.add("secret", for: "johns")
            let peer = try gateway.peer()
            #expect(try peer.paths() == ["state/0"])
            #expect(try peer.refusal("set", ["path": "state/0", "value": 1]) == ["loginRequired": true])
            var changed = gateway.configuration
            changed.anonymous = .none
            try gateway.reload(changed)
            #expect(try gateway.peer().refusal("get") == ["loginRequired": true])
        }
    }

    @Test
    func `Passwords are refused from other machines without encryption, and accepted with it and on the loopback`()
        async throws
    {
        try await GatewayDaemon.with { gateway throws in
            let params: JSON = ["user": "john", "password": "john's"]
            let plain = try gateway.peer(.peer(tls: nil))
            #expect(try plain.refusal("authenticate", params) == ["unencrypted": true])
            #expect(try gateway.peer().refusal("authenticate", params) == nil)
            #expect(try gateway.peer(.peer([127, 0, 0, 1], tls: nil)).refusal("authenticate", params) == nil)
            #expect(try RawPeer(gateway.daemon.tcp).refusal("authenticate", params) == nil)
            #expect(!gateway.log.text.contains("john's"))
        }
    }
}
