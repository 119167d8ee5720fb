import Digests
import Glibc
import JSONText
import JetDaemon
import JetProtocol
import JetUsers
import ProxyProtocol
import Testing

/// Logins by a key or a certificate.
@Suite("Gateways: keys and certificates", .timeLimit(.minutes(5)))
struct KeyTests {
    /// The data of the error after which the daemon closes the connection.
    private func closingData(_ peer: RawPeer) throws -> JSON? {
        let message = try peer.hearValue()
        #expect(message["id"] == nil)
        let isAtEnd = try peer.isAtEnd()
        #expect(isAtEnd)
        return message["error"]?["data"]
    }

    @Test func `A peer with a known key is logged in when it connects, with both framings`() async throws {
        try await GatewayDaemon.with { gateway throws in
            try gateway.add(.test(), to: "john")
            let owner = try RawPeer(gateway.daemon.unix)
            try owner.add("secret", for: "johns")
            let peer = try gateway.peer(withKey: .test())
            #expect(try peer.paths() == ["secret"])
            let groups: JSON = ["fetchGroups": ["johns"], "setGroups": ["johns"], "callGroups": ["johns"]]
            #expect(try peer.result("authenticate", ["key": true]) == groups)
            let web = try gateway.webSocket(.peer(tls: .key(.test())))
            #expect(try web.ask(#"{"id":1,"method":"get"}"#).contains("secret"))
            let entries = gateway.log.all(.keyAccepted)
            #expect(entries.first?.metadata["user"] == "john")
            #expect(entries.first?.metadata["key"] == "\(Fingerprint.test())")
        }
    }

    @Test func `A peer whose key is not known, or that has shown none, is a stranger`() async throws {
        try await GatewayDaemon.with { gateway throws in
            try gateway.add(.test(), to: "john")
            var withoutProof = ProxyHeader.TLS.key(.test())
            withoutProof.hasCertificate = false
            for tls in [.key(.test(2)), withoutProof, .init(version: "TLSv1.3"), nil] as [ProxyHeader.TLS?] {
                let peer = try gateway.peer(.peer(tls: tls))
                #expect(try peer.refusal("get") == ["loginRequired": true])
                #expect(try peer.refusal("authenticate", ["key": true]) == ["invalidKey": true])
            }
        }
    }

    @Test func `A key that is added later is accepted by authenticate`() async throws {
        try await GatewayDaemon.with { gateway throws in
            let peer = try gateway.peer(withKey: .test())
            #expect(try peer.refusal("authenticate", ["key": true]) == ["invalidKey": true])
            try gateway.add(.test(), to: "john")
            #expect(try peer.result("authenticate", ["key": true])?["fetchGroups"] == ["johns"])
            #expect(try peer.refusal("get") == nil)
        }
    }

    @Test(.enabled(if: getuid() == 0, "root has the right"))
    func `A certificate of the administrator's CA logs in as the user of its subject`() async throws {
        let subjects = ["CN=press-7,O=Example": "john", "CN=press-8": "ops", "CN=gone": "nobody"]
        try await GatewayDaemon.with({ $0.subjects = subjects }) { gateway throws in
            func user(_ tls: ProxyHeader.TLS) throws -> String? {
                let peer = try gateway.peer(.peer(tls: tls))
                guard try peer.refusal("get") == nil else { return nil }
                return try gateway.reported().last { $0["address"] != nil }?["user"]?.string
            }
            #expect(try user(.certificate("press-7", subject: "CN=press-7,O=Example")) == "john")
            #expect(try user(.certificate("press-8")) == "ops", "a gateway that sends only the common name")
            #expect(try user(.certificate("press-7")) == nil)
            #expect(try user(.certificate("press-8", subject: "CN=press-8,O=Other")) == nil)
            #expect(try user(.certificate("press-8", isVerified: false)) == nil)
            #expect(try user(.certificate("gone")) == nil)
            #expect(gateway.log.text.contains("peers with this certificate are not logged in"))
        }
    }

    @Test func `A key that has left the file, and a user that has, end their connections at a reload`() async throws {
        try await GatewayDaemon.with({ $0.subjects = ["CN=press": "ops"] }) { gateway throws in
            try gateway.users.file.update {
                $0.addKey(User.Key(.test(1), title: "a"), to: "john")
                $0.addKey(User.Key(.test(2), title: "b"), to: "john")
                $0.addKey(User.Key(.test(3), title: "c"), to: "ops")
            }
            try gateway.reload()
            let peers = try (1...3).map { try gateway.peer(withKey: .test($0)) }
            let press = try gateway.peer(.peer(tls: .certificate("press")))
            let byPassword = try gateway.peer()
            for peer in peers + [press] { #expect(try peer.refusal("get") == nil) }
            #expect(try byPassword.authenticate("ops", "ops's"))

            try gateway.users.file.update { $0.removeKey(.test(1)) }
            try gateway.reload()
            #expect(try closingData(peers[0]) == ["invalidKey": true])
            #expect(try peers[1].refusal("get") == nil)

            try gateway.users.file.update { $0["ops"] = nil }
            try gateway.reload()
            for peer in [peers[2], press] { #expect(try closingData(peer) == ["invalidKey": true]) }
            // Who has logged in by a password stays until it disconnects.
            #expect(try byPassword.refusal("get") == nil)
            #expect(try peers[1].refusal("get") == nil)
            #expect(gateway.log.all(.keyClosed).count == 3)
        }
    }

    @Test func `A subject that has left the configuration ends its connections`() async throws {
        try await GatewayDaemon.with({ $0.subjects = ["CN=press": "ops"] }) { gateway throws in
            let press = try gateway.peer(.peer(tls: .certificate("press")))
            #expect(try press.refusal("get") == nil)
            var changed = gateway.configuration
            changed.subjects = ["CN=press": "john"]
            try gateway.reload(changed)
            #expect(try closingData(press) == ["invalidKey": true])
        }
    }

    @Test func `The use of a key is noted in the file, at most once an hour`() async throws {
        try await GatewayDaemon.with { gateway throws in
            try gateway.add(.test(), to: "john")
            #expect(try gateway.peer(withKey: .test()).refusal("get") == nil)
            try eventually { try gateway.users.file.read()["john"]?.keys.first?.lastUsed != nil }
            let first = try contents(of: gateway.users.file.path)
            // A reload takes the file as it is; the next login must not write it.
            let before = try inode(gateway.users.file.path)
            try gateway.reload()
            for _ in 0..<5 { #expect(try gateway.peer(withKey: .test()).refusal("get") == nil) }
            // What changes the file waits for what was requested before.
            let ops = try RawPeer(gateway.daemon.unix)
            #expect(try ops.authenticate("ops", "ops's"))
            #expect(try contents(of: gateway.users.file.path) == first)
            #expect(try inode(gateway.users.file.path) == before)
            let listed = try ops.result("keys")?.array?.first
            #expect(listed?["lastUsed"] != nil)
        }
    }

    @Test func `A login by key succeeds if the file cannot be written`() async throws {
        try await GatewayDaemon.with { gateway throws in
            try gateway.add(.test(), to: "john")
            gateway.users.write("no users file")
            #expect(try gateway.peer(withKey: .test()).refusal("get") == nil)
            try eventually { gateway.log.text.contains("the time when a key was used could not be saved") }
        }
    }

    @Test(.enabled(if: getuid() == 0, "root has the right"))
    func `keys lists the keys of all users, for an operator without those of admins, and not for others`()
        async throws
    {
        try await GatewayDaemon.with { gateway throws in
            try gateway.users.set("op", password: "op's", groups: ["operator"])
            try gateway.users.file.update {
                $0.addKey(User.Key(.test(1), title: "john's"), to: "john")
                $0.addKey(User.Key(.test(2), title: "ops's"), to: "ops")
            }
            try gateway.reload()
            let john = [try gateway.peer(withKey: .test(1)), try gateway.peer(withKey: .test(1))]
            for peer in john { #expect(try peer.refusal("keys") == ["noAccess": "keys"]) }
            let root = try RawPeer(gateway.daemon.unix)
            let all = try root.result("keys")?.array
            #expect(all?.map { $0["title"] } == ["john's", "ops's"])
            #expect(all?.map { $0["connections"] } == [2, 0])
            #expect(all?.first?["fingerprint"] == .string("\(Fingerprint.test(1))"))
            #expect(all?.first?["user"] == "john")
            let op = try gateway.peer()
            #expect(try op.authenticate("op", "op's"))
            #expect(try op.result("keys")?.array?.map { $0["title"] } == ["john's"])
        }
    }

    @Test func `A key that is removed ends its connections, after the answer if it was the own one`() async throws {
        try await GatewayDaemon.with { gateway throws in
            try gateway.users.file.update {
                $0.addKey(User.Key(.test(1), title: "john's"), to: "john")
                $0.addKey(User.Key(.test(2), title: "ops's"), to: "ops")
            }
            try gateway.reload()
            let john = try gateway.peer(withKey: .test(1))
            let ops = try gateway.peer(withKey: .test(2))
            for peer in [john, ops] { #expect(try peer.refusal("get") == nil) }
            #expect(
                try john.refusal("removeKey", ["fingerprint": .string("\(Fingerprint.test(2))")]) == [
                    "noAccess": "removeKey"
                ])
            #expect(
                try ops.refusal("removeKey", ["fingerprint": .string("\(Fingerprint.test(9))")]) == ["invalidKey": true]
            )
            #expect(try ops.result("removeKey", ["fingerprint": .string("\(Fingerprint.test(1))")]) == true)
            #expect(try closingData(john) == ["invalidKey": true])
            #expect(try gateway.users.file.read().user(ofKey: .test(1)) == nil)
            #expect(try gateway.peer(withKey: .test(1)).refusal("get") == ["loginRequired": true])
            #expect(try ops.result("removeKey", ["fingerprint": .string("\(Fingerprint.test(2))")]) == true)
            #expect(try closingData(ops) == ["invalidKey": true])
            #expect(gateway.log.all(.keyRemoved).map { $0.metadata["user"] } == ["john", "ops"])
        }
    }

    @Test func `An operator removes its own keys, and no others`() async throws {
        try await GatewayDaemon.with { gateway throws in
            try gateway.users.set("op", password: "op's", groups: ["operator"])
            try gateway.users.file.update {
                $0.addKey(User.Key(.test(1), title: "john's"), to: "john")
                $0.addKey(User.Key(.test(2), title: "op's"), to: "op")
            }
            try gateway.reload()
            let op = try gateway.peer()
            #expect(try op.authenticate("op", "op's"))
            #expect(
                try op.refusal("removeKey", ["fingerprint": .string("\(Fingerprint.test(1))")]) == [
                    "noAccess": "removeKey"
                ])
            #expect(try op.result("removeKey", ["fingerprint": .string("\(Fingerprint.test(2))")]) == true)
        }
    }

    private func inode(_ path: String) throws -> ino_t {
        var status = stat()
        guard stat(path, &status) == 0 else { throw RawPeer.Failure.system(errno) }
        return status.st_ino
    }
}
