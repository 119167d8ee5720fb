import Glibc
import JSONText
import JetDaemon
import JetProtocol
import TestSupport
import Testing

/// jet-protocol(7) §6: "on the unix socket, from the kernel's word on who it is".
@Suite("Grants: rights by who runs a peer", .timeLimit(.minutes(5)))
struct GrantTests {
    @Test(
        "are read as user:NAME=GROUPS and group:NAME=GROUPS",
        arguments: [
            ("user:a=x", Grant(to: .user("a"), ["x"])), ("group:b=x,y", Grant(to: .group("b"), ["x", "y"])),
            ("user:0=a=b", Grant(to: .user("0"), ["a=b"])), ("user:a:b=x", Grant(to: .user("a:b"), ["x"])),
            ("", nil), ("user:a", nil), ("user:=x", nil), ("a=x", nil), ("uid:a=x", nil), ("user:a=", nil),
            ("user:a=x,,y", nil),
        ] as [(String, Grant?)])
    func parsing(text: String, grant: Grant?) {
        #expect(Grant(parsing: text) == grant)
    }

    @Test("all that is granted to the user and to its groups adds up, on the unix socket alone")
    func addUp() async throws {
        let user = geteuid()
        let group = getegid()
        try await TestUsers.withDaemon(grants: [
            "user:\(user)=a", "user:\(user)=b", "group:\(group)=c", "user:\(user + 1)=d", "group:\(group + 1)=e",
        ]) { daemon, _ in
            let owner = try RawPeer(daemon.unix)
            for group in ["a", "b", "c", "d", "e", "ops"] { try owner.add(group, for: group) }
            let peer = try RawPeer(daemon.unix)
            #expect(try peer.paths() == ["a", "b", "c"])
            #expect(try RawPeer(daemon.tcp).paths() == [])
            #expect(try WebSocketPeer(daemon.webSocket).ask(#"{"id":1,"method":"get"}"#) == #"{"id":1,"result":[]}"#)
            #expect(try peer.authenticate("ops", "ops's"))
            #expect(try peer.paths() == ["ops"], "the user's groups replace them")
        }
    }

    @Test(
        "supplementary groups count, and another user gets nothing of root's",
        .enabled("needs root, to be others") { await Alone.isPossible() })
    func others() async throws {
        try await TestUsers.withDaemon(grants: ["user:root=roots", "group:\(Alone.user + 7)=sevens"]) { daemon, _ in
            let owner = try RawPeer(daemon.unix)
            for group in ["roots", "sevens"] { try owner.add(group, for: group) }
            #expect(try RawPeer(daemon.unix).paths() == ["roots"])
            chmod(daemon.folder, 0o755)
            chmod("\(daemon.folder)/jet.sock", 0o666)
            for (groups, sees) in [("\(Alone.user + 7)", "sevens"), ("\(Alone.user + 8)", ""), ("", "")] {
                let membership = groups.isEmpty ? "--clear-groups" : "--groups=\(groups)"
                let program = "\(daemon.folder)/jet"
                try Alone.copy(try ChildProcess.path(ofProduct: "jet"), to: program)
                let process = try ChildProcess(
                    "/usr/bin/setpriv",
                    ["--reuid=\(Alone.user)", "--regid=\(Alone.user)", membership, program, "ls", "--json"],
                    environment: ["JET_CONNECT": daemon.unix.description])
                let status = try block { try await process.end() }
                #expect(status == (sees.isEmpty ? 5 : 0), "\(process.text(.error))")
                #expect(process.text().contains("sevens") == (sees == "sevens"))
                #expect(!process.text().contains("roots"))
            }
        }
    }
}
