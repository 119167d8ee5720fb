import Glibc
import JetProtocol
import JetUsers
import Testing

/// `jetd --users` and `--grant` as a program.
@Suite("jetd: users and grants", .timeLimit(.minutes(5)))
struct JetdUsersTests {
    @Test("SIGHUP makes it read the users file again; a bad one changes nothing, and the log says where it is bad")
    func reload() async throws {
        try await withFolder { folder in
            let users = try TestUsers(in: folder)
            try await withJetd(["--users", users.file.path, "--log-level", "info"]) { jetd in
                let peer = try RawPeer(jetd.endpoints[0])
                #expect(try !peer.authenticate("jane", "jane's"))
                try users.set("jane", password: "jane's", groups: ["janes"])
                jetd.send(SIGHUP)
                try eventually { jetd.errors.contains("reloaded") }
                #expect(try peer.authenticate("jane", "jane's"))

                users.write(#"{"users":{"john":[]}}"#)
                jetd.send(SIGHUP)
                try eventually { jetd.errors.contains("users.john: expected an object") }
                #expect(try peer.authenticate("jane", "jane's"))

                users.write(#"{"users":{}}"#)
                jetd.send(SIGHUP)
                try eventually { try !peer.authenticate("jane", "jane's") }
                jetd.send(SIGTERM)
                let status = try jetd.end()
                #expect(status == 0)
                for password in ["jane's", "john's", "$5$"] { #expect(!jetd.errors.contains(password)) }
            }
        }
    }

    @Test("without users, SIGHUP ends nothing, and nobody is anybody")
    func nothingToReload() async throws {
        try await withJetd { jetd in
            jetd.send(SIGHUP)
            try eventually { jetd.errors.contains("reloaded") }
            let peer = try RawPeer(jetd.endpoints[0])
            #expect(try !peer.authenticate("john", "john's"))
        }
    }

    @Test("a bad users file and an unknown name in a grant end it with 1 and a sentence")
    func badStart() async throws {
        try await withFolder { folder in
            let users = try TestUsers(in: folder)
            users.write("{\"users\":\n[]}")
            try await onOwnThread {
                let path = users.file.path
                for (arguments, complaint) in [
                    (
                        ["--users", path],
                        "jetd: the users file \(path) is not right: users: expected an object with a member for each user\n"
                    ),
                    (
                        ["--users", "\(folder)/none"],
                        "jetd: the users file \(folder)/none cannot be opened: No such file or directory\n"
                    ),
                    (
                        ["--grant", "user:no-such-user=a"],
                        "jetd: cannot grant groups to the user 'no-such-user': it does not exist on this system\n"
                    ),
                    (
                        ["--grant", "group:no-such-group=a"],
                        "jetd: cannot grant groups to the group 'no-such-group': it does not exist on this system\n"
                    ),
                ] {
                    let run = try Jetd.run(
                        ["--unix-path", "\(folder)/jet.sock", "--log-level", "error"] + arguments)
                    #expect(run.status == 1)
                    #expect(run.output == "")
                    #expect(run.errors == complaint)
                }
            }
        }
    }

    @Test(
        "a wrong users file or grant on the command line ends with 2",
        arguments: [["--users", ""], ["--grant", "root=a"]])
    func usage(arguments: [String]) async throws {
        try await onOwnThread {
            let run = try Jetd.run(arguments)
            #expect(run.status == 2)
            #expect(run.errors.hasPrefix("jetd: The value '\(arguments[1])' is invalid for '\(arguments[0]) "))
        }
    }
}
