import Glibc
import JSONText
import JetDaemon
import JetProtocol
import JetUsers
import Testing

/// `[paths]` of jetd.toml, over sockets.
@Suite("Paths: who may add elements", .timeLimit(.minutes(5)))
struct PathOwnerTests {
    /// Adds a State.
    ///
    /// - Returns: The `data` of the error; `nil` if there is none.
    private func add(_ path: String, by peer: RawPeer) throws -> JSON? {
        try peer.askValue(#"{"id":1,"method":"add","params":{"path":"\#(path)","value":1}}"#)["error"]?["data"]
    }

    @Test("below a prefix with owners only these can add elements; all other paths are free")
    func owners() async throws {
        try await withDaemon({
            // Whoever runs the tests is no owner over TCP.
            $0.paths = [PathOwnership(prefix: "settings/", owners: [.user("12345"), .login("ann")])]
        }) { daemon in
            let stranger = try RawPeer(daemon.tcp)
            #expect(try add("settings/net/eth0", by: stranger) == ["noAccess": "settings/net/eth0"])
            #expect(try add("settings", by: stranger) == nil)
            #expect(try add("other/settings/x", by: stranger) == nil)
        }
    }

    @Test("the user of the unix socket and the user of a login own what is theirs")
    func unixAndLogin() async throws {
        try await withFolder { folder in
            let users = try TestUsers(in: folder)
            try await withDaemon({
                $0.users = users.file.path
                $0.paths = [
                    PathOwnership(prefix: "mine/", owners: [.user("\(geteuid())")]),
                    PathOwnership(prefix: "group/", owners: [.group("\(getegid())")]),
                    PathOwnership(prefix: "johns/", owners: [.login("john")]),
                ]
            }) { daemon in
                let local = try RawPeer(daemon.unix)
                #expect(try add("mine/1", by: local) == nil)
                #expect(try add("group/1", by: local) == nil)
                let remote = try RawPeer(daemon.tcp)
                #expect(try add("johns/1", by: remote) == ["noAccess": "johns/1"])
                #expect(try remote.authenticate("john", "john's"))
                #expect(try add("johns/1", by: remote) == nil)
            }
        }
    }

    @Test("a reload replaces the owners; elements that exist stay")
    func reload() async throws {
        try await withDaemon { daemon in
            let peer = try RawPeer(daemon.tcp)
            #expect(try add("a/1", by: peer) == nil)
            var configuration = DaemonConfiguration(listeners: [])
            configuration.paths = [PathOwnership(prefix: "a/", owners: [.user("no-such-user")])]
            let changed = configuration
            try block { try await daemon.daemon.reload(changed) }
            #expect(try add("a/2", by: peer) == ["noAccess": "a/2"])
            #expect(try peer.paths() == ["a/1"])
        }
    }
}
