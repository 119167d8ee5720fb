import Digests
import Glibc
import JSONText
import JetDaemon
import JetProtocol
import JetUsers
import ProxyProtocol
import Testing

/// Pairing over sockets: `offerPairing`, `pair`, and who may.
@Suite("Gateways: pairing", .enabled(if: getuid() == 0, "root has the right"), .timeLimit(.minutes(5)))
struct PairingTests {
    /// Makes an offer as root, and returns its code.
    private func offer(_ gateway: GatewayDaemon, _ params: JSON = [:]) throws -> String {
        let root = try RawPeer(gateway.daemon.unix)
        return try root.result("offerPairing", params)?["code"]?.string ?? ""
    }

    private func params(_ code: String, title: String = "Ann's laptop") -> JSON {
        ["code": .string(code), "title": .string(title)]
    }

    @Test func `Who sends the code is logged in at once, and with the key from then on`() async throws {
        try await GatewayDaemon.with { gateway throws in
            let owner = try RawPeer(gateway.daemon.unix)
            try owner.add("led", for: "operator")
            let root = try RawPeer(gateway.daemon.unix)
            let offer = try root.result("offerPairing")
            let code = try #require(offer?["code"]?.string)
            #expect(code.utf8.count == 8)
            #expect(offer?["expires"]?.string?.hasSuffix("Z") == true)
            #expect(offer?["user"] == nil)

            let peer = try gateway.peer(withKey: .test())
            #expect(try peer.refusal("get") == ["loginRequired": true])
            let result = try peer.result("pair", params(code))
            let groups: JSON = ["fetch": ["operator"], "set": ["operator"], "call": ["operator"]]
            #expect(
                result == ["user": "ann-s-laptop", "groups": groups, "fingerprint": .string("\(Fingerprint.test())")])
            #expect(try peer.paths() == ["led"])
            let later = try gateway.peer(withKey: .test())
            #expect(try later.paths() == ["led"])
            let user = try #require(try gateway.users.file.read()["ann-s-laptop"])
            #expect(user.hash == nil)
            #expect(user.keys.map(\.title) == ["Ann's laptop"])
            #expect(gateway.log.all(.paired).first?.metadata["user"] == "ann-s-laptop")
            #expect(!gateway.log.text.contains(code))
        }
    }

    @Test func `An offer for a user gives the key to that user`() async throws {
        try await GatewayDaemon.with { gateway throws in
            let code = try offer(gateway, ["user": "john"])
            let peer = try gateway.peer(withKey: .test())
            #expect(try peer.result("pair", params(code))?["user"] == "john")
            #expect(try gateway.users.file.read()["john"]?.hash != nil, "the password stays")
            let account = try gateway.reported().last { $0["address"] != nil }?["account"]
            #expect(account == "user john")
        }
    }

    @Test func `A code works once; used and wrong ones have their own errors, and after five wrong ones none works`()
        async throws
    {
        try await GatewayDaemon.with { gateway throws in
            let used = try offer(gateway)
            let peer = try gateway.peer(withKey: .test())
            #expect(try peer.refusal("pair", params(used)) == nil)
            let other = try gateway.peer(withKey: .test(2))
            #expect(try other.refusal("pair", params(used)) == ["invalidCode": "used"])
            let replaced = try offer(gateway)
            let code = try offer(gateway)
            #expect(try other.refusal("pair", params(replaced)) == ["invalidCode": "expired"])
            for number in 1...5 {
                #expect(try other.refusal("pair", params("0000000\(number)")) == ["invalidCode": "wrong"])
            }
            #expect(try other.refusal("pair", params(code)) == ["invalidCode": "expired"])
            #expect(try other.refusal("get") == ["loginRequired": true])
            #expect(
                Set(gateway.log.all(.pairingRefused).compactMap { $0.metadata["reason"] }) == [
                    "used", "expired", "wrong",
                ])
            #expect(try gateway.users.file.read().user(ofKey: .test(2)) == nil)
        }
    }

    @Test func `Two peers that send the same code at once: one is paired`() async throws {
        try await GatewayDaemon.with { gateway throws in
            let code = try offer(gateway)
            let peers = try (1...8).map { try gateway.peer(.peer([192, 0, 2, $0], tls: .key(.test($0)))) }
            for peer in peers {
                try peer.say("\(["id": 1, "method": "pair", "params": params(code)] as JSON)")
            }
            let answers = try peers.map { try $0.hearValue() }
            #expect(answers.count { $0["result"] != nil } == 1)
            #expect(answers.count { $0["error"]?["data"] == ["invalidCode": "used"] } == 7)
        }
    }

    @Test func `Without a key there is no pairing`() async throws {
        try await GatewayDaemon.with { gateway throws in
            let code = try offer(gateway)
            for peer in [try gateway.peer(), try RawPeer(gateway.daemon.tcp), try RawPeer(gateway.daemon.unix)] {
                #expect(try peer.refusal("pair", params(code)) == ["invalidKey": true])
            }
            #expect(try gateway.peer(withKey: .test()).refusal("pair", params(code)) == nil)
        }
    }

    @Test func `Operators may offer the groups that they have, admins all, and others nothing`() async throws {
        try await GatewayDaemon.with { gateway throws in
            try gateway.users.set("op", password: "op's", groups: ["operator", "read"])
            try gateway.reload()
            let op = try gateway.peer()
            #expect(try op.authenticate("op", "op's"))
            #expect(try op.refusal("offerPairing", ["groups": ["read"]]) == nil)
            #expect(try op.refusal("offerPairing", ["groups": ["read", "ops"]]) == ["noAccess": "offerPairing"])
            #expect(try op.refusal("offerPairing", ["user": "ops"]) == ["noAccess": "offerPairing"])
            #expect(try op.refusal("offerPairing", ["user": "john"]) == ["noAccess": "offerPairing"])
            let admin = try gateway.peer()
            #expect(try admin.authenticate("ops", "ops's"))
            #expect(try admin.refusal("offerPairing", ["groups": ["anything"]]) == nil)
            let john = try gateway.peer()
            #expect(try john.authenticate("john", "john's"))
            #expect(try john.refusal("offerPairing") == ["noAccess": "offerPairing"])
            #expect(gateway.log.all(.pairingOffered).map { $0.metadata["user"] } == ["op", "ops"])
        }
    }

    @Test func `Wrong codes delay the next one of the same address, and of no other`() async throws {
        try await GatewayDaemon.with({ $0.loginDelay = 60_000 }) { gateway throws in
            let code = try offer(gateway)
            let guesser = try gateway.peer(withKey: .test(2))
            #expect(try guesser.refusal("pair", params("00000000")) == ["invalidCode": "wrong"])
            try guesser.say("\(["id": 1, "method": "pair", "params": params(code)] as JSON)")
            let honest = try gateway.peer(.peer([192, 0, 2, 99], tls: .key(.test())))
            #expect(try honest.result("pair", params(code)) != nil)
        }
    }

    @Test func `The first pairing creates the users file`() async throws {
        try await GatewayDaemon.with({
            unlink($0.users ?? "")
            $0.usersMayBeMissing = true
        }) { gateway throws in
            let code = try offer(gateway)
            #expect(try gateway.peer(withKey: .test()).result("pair", params(code, title: "Küche"))?["user"] == "k-che")
            #expect(try gateway.users.file.read().names == ["k-che"])
        }
    }

    @Test func `A file that cannot be changed is an error for who pairs, and in the log`() async throws {
        try await GatewayDaemon.with { gateway throws in
            let code = try offer(gateway)
            gateway.users.write("no users file")
            let peer = try gateway.peer(withKey: .test())
            let answer = try peer.askValue("\(["id": 1, "method": "pair", "params": params(code)] as JSON)")
            #expect(answer["error"]?["code"] == -32603)
            #expect(try peer.refusal("get") == ["loginRequired": true])
            #expect(gateway.log.all(.keysNotSaved).count == 1)
        }
    }

    @Test func `A daemon without users has no pairing`() async throws {
        try await GatewayDaemon.with({ $0.users = nil }) { gateway throws in
            let root = try RawPeer(gateway.daemon.unix)
            #expect(try root.refusal("offerPairing") == ["invalidUser": true])
            #expect(try gateway.peer(withKey: .test()).refusal("pair", params("00000000")) == ["invalidUser": true])
        }
    }
}
