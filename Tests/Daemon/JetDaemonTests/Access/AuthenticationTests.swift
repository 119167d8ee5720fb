import Glibc
import JSONText
import JetBus
import JetDaemon
import JetProtocol
import JetUsers
import TestSupport
import Testing

/// jet-protocol(7) §2 and §6 over sockets, with a users file and crypt(3).
@Suite("Users: authenticate and passwd", .timeLimit(.minutes(5)))
struct AuthenticationTests {
    static func request(_ method: String, _ user: String, _ password: String, id: Int = 1) -> String {
        let params: JSON = ["user": .string(user), "password": .string(password)]
        return "\(["id": .number(id), "method": .string(method), "params": params] as JSON)"
    }

    @Test("the groups of the user are the answer, and from then on its rights", arguments: [false, true])
    func authenticate(byTCP: Bool) async throws {
        try await TestUsers.withDaemon { daemon, _ in
            let owner = try RawPeer(daemon.unix)
            try owner.add("secret", for: "johns")
            let peer = try RawPeer(byTCP ? daemon.tcp : daemon.unix)
            #expect(try peer.paths() == [])
            let answer = try peer.ask(Self.request("authenticate", "john", "john's"))
            #expect(
                answer
                    == #"{"id":1,"result":{"fetchGroups":["johns"],"setGroups":["johns"],"callGroups":["johns"]}}"#)
            #expect(try peer.paths() == ["secret"])
            let info = try peer.askValue(#"{"id":1,"method":"info"}"#)
            #expect(info["result"]?["features"]?["authentication"] == true)
        }
    }

    @Test(
        "an unknown user and a wrong password are told apart, and change nothing",
        arguments: [("nobody", "john's", "invalidUser"), ("john", "ops's", "invalidPassword")])
    func refused(user: String, password: String, key: String) async throws {
        try await TestUsers.withDaemon { daemon, _ in
            let peer = try RawPeer(daemon.unix)
            let answer = try peer.askValue(Self.request("authenticate", user, password))
            #expect(answer["error"]?["data"] == .object([key: true]))
        }
    }

    @Test(
        "a login that fails leaves a peer the rights that it had",
        arguments: [("nobody", "john's"), ("john", "wrong"), ("ops", "john's")])
    func failedLogin(user: String, password: String) async throws {
        try await TestUsers.withDaemon { daemon, _ in
            let owner = try RawPeer(daemon.unix)
            try owner.add("secret", for: "johns")
            let peer = try RawPeer(daemon.tcp)
            #expect(try peer.authenticate("john", "john's"))
            #expect(try !peer.authenticate(user, password))
            #expect(try peer.paths() == ["secret"])
            let answer = try peer.ask(Self.request("passwd", "john", "new"))
            #expect(answer == #"{"id":1,"result":true}"#, "it is still john")
        }
    }

    @Test("while wrong passwords of others wait, a right one is checked next, and unknown names are not checked at all")
    func fairness() async throws {
        try await TestUsers.withDaemon { daemon, users in
            let slow = try Crypt.hash(Secret("slow"), by: Crypt.Method(prefix: "$5$", cost: 100_000))
            try users.file.update { $0["slow"] = User(hash: slow) }
            try block { try await daemon.daemon.reload() }
            let guessers = try (0..<12).map { _ in try RawPeer(daemon.tcp) }
            for guesser in guessers { try guesser.say(Self.request("authenticate", "slow", "wrong")) }
            let unknown = try (0..<50).map { _ in try RawPeer(daemon.tcp) }
            for peer in unknown { try peer.say(Self.request("authenticate", "nobody", "wrong")) }
            let john = try RawPeer(daemon.unix)
            #expect(try john.authenticate("john", "john's"))
            for peer in unknown {
                let answer = try peer.hearValue()
                #expect(answer["error"]?["data"] == ["invalidUser": true])
            }
            for guesser in guessers {
                let answer = try guesser.hearValue()
                #expect(answer["error"]?["data"] == ["invalidPassword": true])
            }
        }
    }

    @Test("over a WebSocket it is the same")
    func webSocket() async throws {
        try await TestUsers.withDaemon { daemon, _ in
            let owner = try RawPeer(daemon.unix)
            try owner.add("secret", for: "johns")
            let peer = try WebSocketPeer(daemon.webSocket)
            try peer.say(Self.request("authenticate", "john", "john's"))
            try peer.say(#"{"id":2,"method":"get"}"#)
            let first = try peer.hear()
            #expect(first.contains("fetchGroups"))
            let second = try peer.hear()
            #expect(second.contains("secret"))
        }
    }

    @Test("a file as cjet has it, with a SHA-512 hash, works as it is")
    func cjetFile() async throws {
        try await TestUsers.withDaemon { daemon, users in
            users.write(
                #"""
                {"users": {"john": {"password": "$6$rounds=1000$saltsalt$LAV5VE5Y7w1d73x1mFNspYWUpazfmwv2SoepNXNKJ/otop/Zok96Hr8Q13LEv0DRY/x8v0/crpIjl8NJSAqXV/",
                 "auth": {"fetchGroups": ["g"], "setGroups": [], "callGroups": []}}}}
                """#)
            try block { try await daemon.daemon.reload() }
            let peer = try RawPeer(daemon.unix)
            #expect(try peer.authenticate("john", "secret"))
        }
    }

    @Test("what is said behind it in one write comes after it, and before the end too")
    func pipelined() async throws {
        try await TestUsers.withDaemon { daemon, _ in
            let owner = try RawPeer(daemon.unix)
            try owner.add("secret", for: "johns")
            let peer = try RawPeer(daemon.tcp)
            let login = Self.request("authenticate", "john", "john's")
            let get = #"{"id":2,"method":"get"}"#
            let fetch = #"{"id":3,"method":"fetch","params":{"id":"f"}}"#
            try peer.write(
                RawPeer.framed(get) + RawPeer.framed(login) + RawPeer.framed(get)
                    + RawPeer.framed("[\(login),\(get),\(fetch)]") + RawPeer.framed(login))
            peer.endWriting()
            var heard: [JSON] = []
            for _ in 0..<8 { heard.append(try peer.hearValue()) }
            #expect(heard.map { $0["id"] } == [2, 1, 2, 1, 2, 3, nil, 1])
            #expect(heard.filter { $0["id"] == 2 }.map { $0["result"]?.array?.count } == [0, 1, 1])
            #expect(heard.last?["error"]?["data"] == ["alreadyFetching": true])
            let isAtEnd = try peer.isAtEnd()
            #expect(isAtEnd)
        }
    }

    @Test("one's own password can be changed, the file has yescrypt's hash, and the old one is over")
    func passwd() async throws {
        try await TestUsers.withDaemon { daemon, users in
            let peer = try RawPeer(daemon.unix)
            let early = try peer.askValue(Self.request("passwd", "john", "new"))
            #expect(early["error"]?["data"] == ["noAccess": "john"])
            #expect(try peer.authenticate("john", "john's"))
            let answer = try peer.ask(Self.request("passwd", "john", "new"))
            #expect(answer == #"{"id":1,"result":true}"#)
            #expect(try users.file.read()["john"]?.hash?.hasPrefix("$y$") == true)
            #expect(try !peer.authenticate("john", "john's"))
            #expect(try peer.authenticate("john", "new"))
            let other = try peer.askValue(Self.request("passwd", "ops", "new"))
            #expect(other["error"]?["data"] == ["noAccess": "ops"])
        }
    }

    @Test("two who change passwords at once both succeed, and a file that cannot be written is told to who asked")
    func twoChange() async throws {
        try await TestUsers.withDaemon { daemon, users in
            let john = try RawPeer(daemon.unix)
            let ops = try RawPeer(daemon.tcp)
            #expect(try john.authenticate("john", "john's"))
            #expect(try ops.authenticate("ops", "ops's"))
            try john.say(Self.request("passwd", "john", "new john"))
            try ops.say(Self.request("passwd", "ops", "new ops"))
            for peer in [john, ops] {
                let answer = try peer.hear()
                #expect(answer == #"{"id":1,"result":true}"#)
            }
            #expect(try john.authenticate("ops", "new ops"))
            #expect(try ops.authenticate("john", "new john"))

            users.write("no users file")
            let answer = try john.askValue(Self.request("passwd", "ops", "x"))
            #expect(answer["error"]?["code"] == -32603)
            #expect(try contents(of: users.file.path).hasPrefix("no users file"))
            #expect(try ops.authenticate("ops", "new ops"), "the daemon goes on with what it knows")
        }
    }

    @Test("while passwords are checked, the others are served")
    func othersGoOn() async throws {
        try await TestUsers.withDaemon { daemon, users in
            let slow = try Crypt.hash(Secret("slow"), by: Crypt.Method(prefix: "$5$", cost: 100_000))
            try users.file.update { $0["slow"] = User(hash: slow) }
            try block { try await daemon.daemon.reload() }
            let guessers = try (0..<8).map { _ in try RawPeer(daemon.unix) }
            for guesser in guessers { try guesser.say(Self.request("authenticate", "slow", "wrong")) }
            try daemon.expectService()
            for guesser in guessers {
                let answer = try guesser.hearValue()
                #expect(answer["error"]?["data"] == ["invalidPassword": true])
            }
        }
    }

    // MARK: Nothing of one connection's rights ever reaches another.

    @Test("connections that take each other's places, some hundreds of them, see nothing of what others may")
    func reuse() async throws {
        try await TestUsers.withDaemon { daemon, _ in
            var generator = SeededGenerator(seed: 4)
            let owner = try RawPeer(daemon.unix)
            for group in ["johns", "ops"] { try owner.add(group, for: group) }
            for round in 0..<150 {
                let first = try RawPeer(Bool.random(using: &generator) ? daemon.tcp : daemon.unix)
                let (user, group) = Bool.random(using: &generator) ? ("john", "johns") : ("ops", "ops")
                switch Int.random(in: 0..<3, using: &generator) {
                case 0:
                    // It leaves while the question is open, or about then.
                    try first.say(Self.request("authenticate", user, "\(user)'s"))
                    try first.say(#"{"id":2,"method":"fetch","params":{"id":"f"}}"#)
                case 1:
                    #expect(try first.authenticate(user, "\(user)'s"))
                    #expect(try first.paths() == [group])
                default:
                    #expect(try !first.authenticate(user, "wrong"))
                    #expect(try first.paths() == [])
                }
                if Bool.random(using: &generator) { try? first.reset() } else { first.close() }
                let second = try RawPeer(Bool.random(using: &generator) ? daemon.tcp : daemon.unix)
                #expect(try second.paths() == [], "round \(round)")
                let set = try second.askValue(#"{"id":5,"method":"set","params":{"path":"ops","value":2}}"#)
                #expect(set["error"]?["data"] == ["pathNotExists": "ops"])
                let passwd = try second.askValue(Self.request("passwd", "ops", "mine"))
                #expect(passwd["error"]?["data"] == ["noAccess": "ops"])
                second.close()
            }
            try daemon.wait { $0.peers == 1 && $0.fetchers == 0 }
        }
    }
}
