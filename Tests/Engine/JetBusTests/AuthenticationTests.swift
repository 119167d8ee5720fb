import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// jet-protocol(7) §2, §5 and §6: `authenticate` and `passwd`, with verdicts that the test gives in the place of a shell.
@Suite("jet-protocol(7) §2: authenticate and passwd; jet-protocol(7) §6: nothing reaches another")
struct AuthenticationTests {
    let bus = TestBus { $0.hasUsers = true }
    let groups = Groups(fetch: ["f"], set: ["s", "r"], call: [])
    let peer: TestPeer

    init() {
        peer = bus.connect()
        let owner = bus.connect()
        owner.ask("add", ["path": "secret", "value": 1, "access": ["fetchGroups": ["f"], "setGroups": ["s"]]])
    }

    /// What a peer says to authenticate itself.
    static let login: JSON = ["user": "john", "password": "pass\nword"]
    static let request: JSON = ["id": 1, "method": "authenticate", "params": login]
    static let get: JSON = ["id": 2, "method": "get"]
    static let granted: JSON = ["fetchGroups": ["f"], "setGroups": ["r", "s"], "callGroups": []]
    static let seen: JSON = [.entry("add", "secret", 1)]

    private func answer(_ verdict: Bus.AuthenticationResult) { bus.answerAll(with: verdict) }

    // MARK: authenticate | user, password | {fetchGroups, setGroups, callGroups}

    @Test("authenticate: asks with user and password as they were meant, and answers with the groups")
    func question() throws {
        peer.send(Self.request)
        #expect(bus.bus.hasAuthenticationRequests)
        let questions = bus.bus.takeAuthenticationRequests()
        #expect(!bus.bus.hasAuthenticationRequests)
        let question = try #require(questions.first)
        #expect(questions.count == 1)
        #expect(question.kind == .authentication)
        #expect(question.user == "john")
        #expect(question.password.withBytes { Array($0) } == Array("pass\nword".utf8))
        #expect(peer.received() == [], "there is no verdict yet")
        bus.bus.answer(question, with: .granted(groups), at: bus.now)
        bus.deliver()
        #expect(peer.received() == [["id": 1, "result": Self.granted]])
        #expect(peer.ask("get") == .result(Self.seen))
    }

    @Test(
        "authenticate: what was refused leaves the peer what it had",
        arguments: [
            (.unknownUser, .refused(["invalidUser": true])), (.wrongPassword, .refused(["invalidPassword": true])),
            (.failed("no memory"), .error(-32603, "Internal error", "no memory")),
        ] as [(Bus.AuthenticationResult, JSON)])
    func refused(verdict: Bus.AuthenticationResult, answer: JSON) {
        peer.send(Self.request)
        bus.answerAll(with: verdict)
        #expect(peer.answer(to: 1) == answer)
        #expect(peer.ask("get") == .result([]))
        peer.send(Self.request)
        bus.answerAll(with: .granted(groups))
        peer.send(Self.request)
        bus.answerAll(with: verdict)
        #expect(peer.ask("get") == .result(Self.seen))
    }

    @Test("authenticate: the groups of the user replace those that the peer had")
    func replaced() {
        let peer = bus.connect(groups: groups)
        #expect(peer.ask("get") == .result(Self.seen))
        peer.send(Self.request)
        answer(.granted(Groups(fetch: ["other"])))
        #expect(peer.ask("get") == .result([]))
    }

    @Test("authenticate: as a notification it gets no answer, but counts")
    func notification() {
        peer.notify("authenticate", Self.login)
        answer(.granted(groups))
        #expect(peer.received() == [])
        #expect(peer.ask("get") == .result(Self.seen))
        peer.notify("authenticate", Self.login)
        answer(.wrongPassword)
        #expect(peer.received() == [])
    }

    @Test("authenticate: refused with alreadyFetching while the peer has fetches, without a question")
    func alreadyFetching() {
        peer.ask("fetch", ["id": 1])
        #expect(peer.ask("authenticate", Self.login) == .refused(["alreadyFetching": true]))
        #expect(!bus.bus.hasAuthenticationRequests)
    }

    @Test("info says that there are users")
    func info() {
        #expect(peer.ask("info")?["result"]?["features"]?["authentication"] == true)
    }

    @Test("a name that is far too long is nobody's, and of a password no more is kept than can be one")
    func long() throws {
        let name = String(repeating: "x", count: 1025)
        #expect(peer.ask("authenticate", ["user": .string(name), "password": ""]) == .refused(["invalidUser": true]))
        for letter in ["x", "\n"] {
            let password = String(repeating: letter, count: 100_000)
            peer.notify("authenticate", ["user": "x", "password": .string(password)])
            let question = try #require(bus.bus.takeAuthenticationRequests().first)
            #expect(question.password.count == 512)
            bus.bus.answer(question, with: .wrongPassword, at: bus.now)
        }
    }

    // MARK: passwd | user, password | true | one's own, or anyone's for an admin

    @Test("passwd: who has not authenticated itself may change nobody's password")
    func passwdByNobody() {
        #expect(peer.ask("passwd", Self.login) == .refused(["noAccess": "john"]))
        #expect(!bus.bus.hasAuthenticationRequests)
    }

    @Test(
        "passwd: the question says who wants it; the answer is true, or why not",
        arguments: [
            (.changed, .done), (.forbidden, .refused(["noAccess": "jane"])),
            (.unknownUser, .refused(["invalidUser": true])), (.wrongPassword, .refused(["invalidPassword": true])),
            (.failed("disk full"), .error(-32603, "Internal error", "disk full")),
        ] as [(Bus.AuthenticationResult, JSON)])
    func passwd(verdict: Bus.AuthenticationResult, answer: JSON) throws {
        peer.send(Self.request)
        bus.answerAll(with: .granted(groups))
        _ = peer.received()
        peer.send(["id": 2, "method": "passwd", "params": ["user": "jane", "password": "new"]])
        let question = try #require(bus.bus.takeAuthenticationRequests().first)
        #expect(question.kind == .passwordChange(by: "john"))
        #expect(question.user == "jane")
        bus.bus.answer(question, with: verdict, at: bus.now)
        bus.deliver()
        #expect(peer.answer(to: 2) == answer)
        #expect(peer.ask("get") == .result(Self.seen), "the peer is still who it was")
    }

    // MARK: Order

    @Test("what a peer sends while it is asked about waits, and is then handled with the new rights")
    func waiting() {
        peer.send(Self.request)
        #expect(peer.isPaused)
        let text = Self.get.text
        let mayFollow = text.withUnsafeBytes { bus.bus.receive($0.bytes, from: peer.id, at: bus.now) }
        #expect(!mayFollow)
        peer.send("[\(Self.get), 7]")
        #expect(peer.received() == [])
        answer(.granted(groups))
        #expect(!peer.isPaused)
        let received = peer.received()
        #expect(received.map { $0["id"] } == [1, 2, 2, nil])
        #expect(received.prefix(3).map { $0["result"] } == [Self.granted, Self.seen, Self.seen])
        #expect(received.last?["error"]?["code"] == -32600)
    }

    @Test("receive says that nothing may follow, so that a shell reads on only after the verdict")
    func receiveSays() {
        let text = Self.request.text
        let mayFollow = text.withUnsafeBytes { bus.bus.receive($0.bytes, from: peer.id, at: bus.now) }
        #expect(!mayFollow)
    }

    @Test("the rest of a batch waits: a fetch behind authenticate uses the new groups, a get before it the old ones")
    func batch() {
        peer.send(
            [
                Self.get, Self.request, ["id": 3, "method": "fetch", "params": ["id": "f"]],
                ["id": 4, "method": "authenticate", "params": Self.login],
            ])
        #expect(peer.received() == [["id": 2, "result": []]])
        answer(.granted(groups))
        #expect(
            peer.received() == [
                ["id": 1, "result": Self.granted], ["id": 3, "result": true],
                .event("f", "add", "secret", 1), .idError(4, ["alreadyFetching": true]),
            ])
    }

    @Test("several questions in one batch and behind it come one after the other")
    func several() {
        func login(_ id: Int) -> JSON { ["id": .number(id), "method": "authenticate", "params": Self.login] }
        peer.send([login(1), Self.get, login(3), login(4), Self.get])
        peer.send(Self.get)
        peer.send([login(7), Self.get])
        let verdicts: [Bus.AuthenticationResult] = [
            .granted(groups), .granted(Groups()), .wrongPassword, .granted(groups),
        ]
        var answered: [[JSON]] = []
        for verdict in verdicts {
            #expect(bus.answerAll(with: verdict) == 1)
            answered.append(peer.received().map { $0["result"]?.array.map { .array($0) } ?? $0["id"] ?? nil })
        }
        #expect(answered == [[1, Self.seen], [3], [4, [], []], [7, Self.seen]])
        #expect(!bus.bus.hasAuthenticationRequests)
    }

    @Test("others go on meanwhile, and the peer goes on hearing")
    func others() {
        let other = bus.connect()
        peer.send(["id": 0, "method": "add", "params": ["path": "m"]])
        peer.send(Self.request)
        _ = peer.received()
        #expect(other.ask("call", ["path": "m"]) == nil)
        #expect(peer.takeRouted() != nil)
    }

    @Test("a peer that has said its last word is answered, and what it said before is done, before it is closed")
    func lastWord() {
        peer.send([Self.request, Self.get])
        bus.bus.endInput(of: peer.id)
        #expect(!peer.isClosing)
        answer(.granted(groups))
        #expect(peer.received().map { $0["id"] } == [1, 2])
        #expect(peer.isClosing)
    }

    @Test("a shell that brings texts without end meanwhile is stopped")
    func bounded() {
        let bus = TestBus {
            $0.hasUsers = true
            $0.pendingBytesLimit = 1000
        }
        let peer = bus.connect()
        peer.send(Self.request)
        for _ in 0..<1000 where !peer.isClosing { peer.send(["method": "echo", "params": "0123456789"]) }
        #expect(peer.isClosing)
        #expect(peer.received().last?["error"]?["data"] == ["limit": "pendingBytes", "max": 1000])
        bus.answerAll(with: .granted(groups))
        #expect(peer.received() == [])
    }

    // MARK: -32010 | Limit exceeded

    @Test("an account has a number of requests at most; those of peers that have left count until they are checked")
    func limit() {
        let bus = TestBus {
            $0.hasUsers = true
            $0.quotas.authentications = 4
        }
        let peers = (0..<4).map { _ in bus.connect() }
        let refusal = JSON.error(
            -32010, "Limit exceeded",
            ["limit": "authentications", "max": 2, "used": 2, "account": "unknown"])
        #expect(peers.map { $0.ask("authenticate", Self.login) } == [nil, nil, refusal, refusal])
        // Nobody has taken its question.
        peers[0].disconnect()
        #expect(peers[2].ask("authenticate", Self.login) == nil)
        let questions = bus.bus.takeAuthenticationRequests()
        #expect(questions.count == 2)
        // Somebody has.
        peers[1].disconnect()
        #expect(peers[3].ask("authenticate", Self.login) == refusal)
        #expect(questions.map { bus.bus.isAwaited($0) } == [false, true])
        bus.bus.answer(questions[0], with: .granted(groups), at: bus.now)
        // Twice is once.
        bus.bus.answer(questions[0], with: .granted(groups), at: bus.now)
        #expect(peers[3].ask("authenticate", Self.login) == nil)
    }

    // MARK: Nothing of one connection's rights ever reaches another.

    @Test("a verdict reaches nobody who came to the place of the peer that asked, whatever that one is doing")
    func lateVerdict() throws {
        peer.send([Self.request, Self.get])
        let question = try #require(bus.bus.takeAuthenticationRequests().first)
        peer.disconnect()
        let next = bus.connect()
        #expect(next.id == peer.id)
        bus.bus.answer(question, with: .granted(groups), at: bus.now)
        bus.deliver()
        #expect(next.received() == [])
        #expect(next.ask("get") == .result([]))

        next.send(Self.request)
        bus.bus.answer(question, with: .granted(groups), at: bus.now)
        bus.deliver()
        #expect(next.received() == [], "its own question is another one")
        #expect(next.isPaused)
        answer(.wrongPassword)
        #expect(next.ask("get") == .result([]))
        #expect(next.ask("passwd", Self.login) == .refused(["noAccess": "john"]), "it is not john either")
    }
}

extension TestBus {
    /// Gives all questions that there are now the same verdict.
    ///
    /// - Returns: How many there were.
    @discardableResult
    func answerAll(with verdict: Bus.AuthenticationResult) -> Int {
        let questions = bus.takeAuthenticationRequests()
        for question in questions { bus.answer(question, with: verdict, at: now) }
        deliver()
        return questions.count
    }
}
