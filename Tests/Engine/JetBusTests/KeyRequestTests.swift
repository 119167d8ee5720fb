import Digests
import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// jet-protocol(7) §8.2, §8.4 and §8.6: `authenticate` with a key, `offerPairing`, `pair`, `keys` and `removeKey`, with results
/// that the test gives in the place of a shell.
@Suite("jet-protocol(7) §8: keys and pairing")
struct KeyRequestTests {
    let bus = TestBus {
        $0.hasUsers = true
        $0.ownUserID = 99
    }
    let groups = Groups(fetch: ["f"], set: ["s"], call: ["c"])
    let key = Fingerprint(ofKey: [1])
    /// A peer of another machine with a key.
    let peer: TestPeer
    /// A peer on the unix socket.
    let local: TestPeer

    static let code: JSON = ["code": "abcd-ef0h", "title": "Ada's laptop"]
    static let invalidKey = JSON.refused(["invalidKey": true])

    init() {
        var credentials = Credentials()
        credentials.channel = .encrypted
        credentials.address = "192.0.2.7"
        credentials.keyFingerprint = key
        peer = bus.connect(credentials: credentials, permission: .none)
        local = bus.connect(credentials: Credentials(userID: 1000))
        local.ask("add", ["path": "secret", "value": 1, "access": ["fetchGroups": ["f"]]])
    }

    private func take() throws -> Bus.AuthenticationRequest {
        let requests = bus.bus.takeAuthenticationRequests()
        #expect(requests.count == 1)
        return try #require(requests.first)
    }

    // MARK: authenticate

    @Test("authenticate with a key: the shell learns which one; the answer has the groups of its user")
    func authenticate() throws {
        peer.send(["id": 1, "method": "authenticate", "params": ["key": true]])
        let request = try take()
        #expect(request.kind == .keyAuthentication(key))
        #expect(request.user.isEmpty && request.password.count == 0)
        #expect(request.asker.account == .address("192.0.2.7"))
        bus.bus.answer(request, with: .recognized(user: "ada", groups: groups), at: bus.now)
        bus.deliver()
        #expect(peer.answer(to: 1) == .result(groups.json))
        #expect(bus.bus.user(of: peer.id) == "ada")
        #expect(bus.bus.peer(peer.id)?.account.name == .login("ada"))
        #expect(peer.ask("get") == .result([.entry("add", "secret", 1)]))
    }

    @Test("authenticate with a key: without a key, with one that is not known, or without users")
    func authenticateFails() throws {
        #expect(local.ask("authenticate", ["key": true]) == Self.invalidKey)
        peer.send(["id": 1, "method": "authenticate", "params": ["key": true]])
        bus.answerAll(with: .refused(.invalidKey))
        #expect(peer.answer(to: 1) == Self.invalidKey)
        #expect(bus.bus.user(of: peer.id) == nil)
        for flag: JSON in [false, 1, "true", [true]] {
            let refused = JSON.refused(["wrongType": "key", "got": ["key": flag]])
            #expect(peer.ask("authenticate", ["key": flag]) == refused)
        }
        #expect(peer.ask("authenticate", ["key": nil])?["error"]?["data"]?["missingParam"] == "user")
        let bus = TestBus()
        for (method, params) in [
            ("authenticate", ["key": true]), ("offerPairing", [:]), ("pair", Self.code), ("keys", [:]),
            ("removeKey", ["fingerprint": .string("\(key)")]),
        ] as [(String, JSON)] {
            #expect(bus.connect().ask(method, params) == .refused(["invalidUser": true]))
        }
    }

    @Test("authenticate and pair are refused with alreadyFetching while the peer has fetches")
    func alreadyFetching() {
        var credentials = Credentials()
        credentials.keyFingerprint = key
        let peer = bus.connect(credentials: credentials, permission: .read)
        peer.ask("fetch", ["id": 1])
        #expect(peer.ask("authenticate", ["key": true]) == .refused(["alreadyFetching": true]))
        #expect(peer.ask("pair", Self.code) == .refused(["alreadyFetching": true]))
        #expect(!bus.bus.hasAuthenticationRequests)
    }

    @Test("a peer may be connected as a user: it is charged as that user, and has no restriction")
    func connectedAsUser() {
        let peer = bus.connect(groups: groups, user: "ada", permission: .none)
        #expect(bus.bus.user(of: peer.id) == "ada")
        #expect(bus.bus.peer(peer.id)?.account.name == .login("ada"))
        #expect(peer.ask("get") == .result([.entry("add", "secret", 1)]))
        #expect(peer.ask("add", ["path": "x", "value": 1]) == .done)
    }

    // MARK: offerPairing

    @Test("offerPairing: the shell gets the terms, with their defaults, and who asks")
    func offer() throws {
        local.send(["id": 1, "method": "offerPairing"])
        var request = try take()
        #expect(request.kind == .pairingOffer(Bus.PairingTerms(user: nil, groups: ["operator"], seconds: 600)))
        #expect(request.asker.credentials.userID == 1000)
        #expect(request.asker.account == .userID(1000))
        #expect(!request.asker.isAdministrator && !request.asker.isOperator)
        bus.bus.answer(request, with: .answered(["code": "ABCDEF0H"]), at: bus.now)
        bus.deliver()
        #expect(local.answer(to: 1) == .result(["code": "ABCDEF0H"]))
        let params: JSON = ["user": "ada", "groups": ["x", "y", "x"], "seconds": 86_400]
        local.send(["id": 2, "method": "offerPairing", "params": params])
        request = try take()
        #expect(request.kind == .pairingOffer(Bus.PairingTerms(user: "ada", groups: ["x", "y"], seconds: 86_400)))
        bus.bus.answer(request, with: .forbidden, at: bus.now)
        bus.deliver()
        #expect(local.answer(to: 2) == .refused(["noAccess": "offerPairing"]))
    }

    @Test("the asker is an administrator or an operator as for the method peers")
    func askers() throws {
        let askers: [(TestPeer, isAdministrator: Bool, isOperator: Bool)] = [
            (bus.connect(credentials: Credentials(userID: 0)), true, false),
            (bus.connect(credentials: Credentials(userID: 99)), true, false),
            (bus.connect(groups: Groups(call: ["operator"])), false, true),
            (bus.connect(groups: Groups(fetch: ["operator"], set: ["operator"])), false, false),
            (bus.connect(groups: groups, user: "ada"), false, false),
        ]
        for asker in askers {
            asker.0.notify("keys", [:])
            let request = try take()
            #expect(request.asker.isAdministrator == asker.isAdministrator)
            #expect(request.asker.isOperator == asker.isOperator)
            bus.bus.answer(request, with: .answered([]), at: bus.now)
        }
    }

    @Test(
        "offerPairing: terms that are out of range are refused with the name of the param",
        arguments: [
            ("seconds", 9), ("seconds", 86_401), ("seconds", 1e300), ("seconds", -1), ("seconds", 10.5),
            ("seconds", "600"), ("groups", "operator"), ("groups", [1]), ("groups", [""]), ("groups", ["a\nb"]),
            ("groups", .array(Array(repeating: "x", count: 65))), ("user", ""), ("user", 1), ("user", "a\0"),
            ("user", .string(String(repeating: "x", count: 257))),
        ] as [(String, JSON)])
    func badTerms(name: String, value: JSON) {
        let params: JSON = .object([name: value])
        #expect(local.ask("offerPairing", params)?["error"]?["data"]?["wrongType"] == .string(name))
        #expect(!bus.bus.hasAuthenticationRequests)
    }

    // MARK: pair

    @Test("pair: the shell gets code, title and key; the peer is logged in from then on")
    func pair() throws {
        peer.send([["id": 1, "method": "pair", "params": Self.code], ["id": 2, "method": "get"]])
        let request = try take()
        let code = try #require(PairingCode(parsing: "ABCDEF0H"))
        #expect(request.kind == .pairing(code, title: "Ada's laptop", key: key))
        bus.bus.answer(request, with: .paired(user: "ada", groups: groups), at: bus.now)
        bus.deliver()
        let result: JSON = [
            "user": "ada", "groups": ["fetch": ["f"], "set": ["s"], "call": ["c"]], "fingerprint": .string("\(key)"),
        ]
        #expect(peer.received() == [["id": 1, "result": result], ["id": 2, "result": [.entry("add", "secret", 1)]]])
        #expect(bus.bus.user(of: peer.id) == "ada")
        #expect(bus.bus.peer(peer.id)?.account.name == .login("ada"))
    }

    @Test("pair: a code that is refused leaves a stranger a stranger", arguments: PairingRefusal.allCases)
    func refusedCode(refusal: PairingRefusal) {
        peer.send(["id": 1, "method": "pair", "params": Self.code])
        bus.answerAll(with: .refused(.invalidCode(refusal)))
        #expect(peer.answer(to: 1) == .refused(["invalidCode": .string(refusal.rawValue)]))
        #expect(peer.ask("get") == .refused(["loginRequired": true]))
    }

    @Test(
        "pair: a text that cannot be a code is wrong, and is no guess",
        arguments: ["", "ABCDEFG", "ABCDEFGHJ", "ABCDEFGU", "é"])
    func noCode(text: String) {
        let params: JSON = ["code": .string(text), "title": "x"]
        #expect(peer.ask("pair", params) == .refused(["invalidCode": "wrong"]))
        #expect(!bus.bus.hasAuthenticationRequests)
    }

    @Test("pair: without a client key there is nothing to pair")
    func noKey() {
        #expect(local.ask("pair", Self.code) == Self.invalidKey)
        #expect(bus.connect(permission: .none).ask("pair", Self.code) == Self.invalidKey)
        #expect(!bus.bus.hasAuthenticationRequests)
    }

    @Test(
        "pair: a title that is empty, giant, or cannot stand in one line is refused",
        arguments: [
            "", "a\nb", "a\u{1B}[2J", "\u{2028}", String(repeating: "é", count: 129),
            String(repeating: "x", count: 1 << 20),
        ])
    func titles(title: String) {
        let answer = peer.ask("pair", ["code": "ABCDEFGH", "title": .string(title)])
        #expect(answer?["error"]?["data"]?["wrongType"] == "title")
        #expect(!bus.bus.hasAuthenticationRequests)
    }

    @Test("pair: a title of 256 bytes is accepted, also when each is written as an escape")
    func longTitle() throws {
        let escaped = String(repeating: #"\u0061"#, count: 256)
        peer.send(#"{"id":1,"method":"pair","params":{"code":"ABCDEFGH","title":"\#(escaped)"}}"#)
        let title = String(repeating: "a", count: 256)
        let code = try #require(PairingCode(parsing: "ABCDEFGH"))
        #expect(try take().kind == .pairing(code, title: title, key: key))
    }

    @Test("a code is not printed")
    func secrecy() throws {
        let code = try #require(PairingCode(parsing: "ABCDEFGH"))
        let kind = Bus.AuthenticationRequest.Kind.pairing(code, title: "t", key: key)
        var text = "\(kind)"
        dump(kind, to: &text)
        #expect(!text.contains("ABCD"))
    }

    // MARK: keys and removeKey

    @Test("keys and removeKey: the shell answers; who may not is refused with the method's name")
    func keys() throws {
        local.send(["id": 1, "method": "keys", "params": [:]])
        var request = try take()
        #expect(request.kind == .keyList)
        let list: JSON = [["user": "ada", "fingerprint": .string("\(key)"), "connections": 1]]
        bus.bus.answer(request, with: .answered(list), at: bus.now)
        bus.deliver()
        #expect(local.answer(to: 1) == .result(list))
        local.send(["id": 2, "method": "removeKey", "params": ["fingerprint": .string("\(key)")]])
        request = try take()
        #expect(request.kind == .keyRemoval(key))
        bus.bus.answer(request, with: .answered(true), at: bus.now)
        bus.deliver()
        #expect(local.answer(to: 2) == .done)
        for (method, params) in [("keys", [:]), ("removeKey", ["fingerprint": .string("\(key)")])] as [(String, JSON)] {
            local.send(["id": 3, "method": .string(method), "params": params])
            bus.answerAll(with: .forbidden)
            #expect(local.answer(to: 3) == .refused(["noAccess": .string(method)]))
        }
    }

    @Test(
        "removeKey: what is no fingerprint is refused",
        arguments: [
            "", "SHA256:", "SHA256:AAAA", "MD5:00", 7, .string(String(repeating: "0", count: 63)),
            .string("SHA256:" + String(repeating: "A", count: 44)), .string(String(repeating: "z", count: 64)),
        ] as [JSON])
    func malformed(fingerprint: JSON) {
        let answer = local.ask("removeKey", ["fingerprint": fingerprint])
        #expect(answer?["error"]?["data"]?["wrongType"] == "fingerprint")
        #expect(!bus.bus.hasAuthenticationRequests)
    }

    // MARK: All of them

    @Test("a result of another kind than the request logs no peer in")
    func crossed() {
        for (method, params) in [
            ("keys", [:]), ("offerPairing", [:]), ("authenticate", ["user": "u", "password": "p"]),
        ] as [(String, JSON)] {
            for result: Bus.AuthenticationResult in [
                .recognized(user: "ada", groups: groups), .paired(user: "ada", groups: groups), .changed,
            ] {
                local.send(["id": 1, "method": .string(method), "params": params])
                bus.answerAll(with: result)
                #expect(local.answer(to: 1)?["error"]?["code"] == -32603)
                #expect(bus.bus.user(of: local.id) == nil)
            }
        }
    }

    @Test("they count against the same quota as passwords")
    func quota() {
        let bus = TestBus {
            $0.hasUsers = true
            $0.quotas.authentications = 4
        }
        var credentials = Credentials()
        credentials.keyFingerprint = key
        let peers = (0..<5).map { _ in bus.connect(credentials: credentials, permission: .none) }
        peers[0].notify("pair", Self.code)
        peers[1].notify("authenticate", ["key": true])
        for (peer, method) in [(peers[2], "pair"), (peers[3], "authenticate")] {
            let answer = peer.ask(method, method == "pair" ? Self.code : ["key": true])
            #expect(answer?["error"]?["data"]?["limit"] == "authentications")
        }
        #expect(bus.answerAll(with: .refused(.invalidKey)) == 2)
        #expect(peers[4].ask("pair", Self.code) == nil)
    }

    @Test("a result reaches no peer that came to the place of the one that asked")
    func late() throws {
        peer.send(["id": 1, "method": "pair", "params": Self.code])
        let request = try take()
        peer.disconnect()
        let next = bus.connect(permission: .none)
        #expect(next.id == peer.id)
        bus.bus.answer(request, with: .paired(user: "ada", groups: groups), at: bus.now)
        bus.deliver()
        #expect(next.received() == [])
        #expect(bus.bus.user(of: next.id) == nil)
        #expect(next.ask("get") == .refused(["loginRequired": true]))
    }

    // MARK: What the shell asks

    @Test("the peers of a key and of a user are found; a key that is removed closes its peers after an error")
    func removedKey() {
        var credentials = Credentials()
        credentials.keyFingerprint = key
        let second = bus.connect(groups: groups, credentials: credentials, user: "ada")
        credentials.keyFingerprint = Fingerprint(ofKey: [2])
        let other = bus.connect(groups: groups, credentials: credentials, user: "ada")
        #expect(bus.bus.peers(withKey: key) == [peer.id, second.id])
        #expect(bus.bus.peers(loggedInAs: "ada") == [second.id, other.id])
        #expect(bus.bus.connectionsByKey == [key: 2, Fingerprint(ofKey: [2]): 1])
        #expect(bus.bus.credentials(of: peer.id)?.keyFingerprint == key)
        second.ask("fetch", ["id": 1])
        _ = second.received()
        for id in bus.bus.peers(withKey: key) { bus.bus.refuse(id, with: .invalidKey) }
        bus.deliver()
        for peer in [peer, second] {
            #expect(peer.received().last?["error"]?["data"] == ["invalidKey": true])
            #expect(peer.isClosing)
        }
        #expect(!other.isClosing)
        second.send(["id": 1, "method": "get"])
        #expect(second.received() == [])
    }

    @Test("the groups of a peer that has logged in can change, except while it fetches")
    func regrouped() {
        let peer = bus.connect(groups: groups, user: "ada")
        #expect(bus.bus.setGroups(Groups(), of: peer.id))
        #expect(peer.ask("get") == .result([]))
        peer.ask("fetch", ["id": 1])
        #expect(bus.bus.setGroups(Groups(), of: peer.id), "nothing changes")
        #expect(!bus.bus.setGroups(groups, of: peer.id))
        #expect(!bus.bus.setGroups(groups, of: local.id), "it has not logged in")
        #expect(peer.received() == [])
    }
}
