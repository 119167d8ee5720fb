import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// jet-protocol(7) §6.1: for a peer that may not fetch an element, the element does not exist.
@Suite("jet-protocol(7) §6.1: elements that a peer may not fetch")
struct HiddenElementTests {
    let bus = TestBus()
    let owner: TestPeer
    let stranger: TestPeer

    init() {
        owner = bus.connect()
        stranger = bus.connect()
    }

    /// Requests about a path, valid and odd ones, of every method that names a path.
    static let requests: [String] = [
        #"{"id":1,"method":"remove","params":{"path":"P"}}"#,
        #"{"id":1,"method":"remove","params":{"path":"P","value":1}}"#,
        #"{"id":1,"method":"change","params":{"path":"P","value":1}}"#,
        #"{"id":1,"method":"change","params":{"path":"P"}}"#,
        #"{"id":1,"method":"set","params":{"path":"P","value":1}}"#,
        #"{"id":1,"method":"set","params":{"path":"P"}}"#,
        #"{"id":1,"method":"set","params":{"path":"P","value":1,"valueAsResult":true}}"#,
        #"{"id":1,"method":"set","params":{"path":"P","value":1,"timeout":"long"}}"#,
        #"{"id":1,"method":"set","params":{"path":"P","value":1,"timeout":3}}"#,
        #"{"method":"set","params":{"path":"P","value":1}}"#,
        #"{"id":1,"method":"call","params":{"path":"P"}}"#,
        #"{"id":1,"method":"call","params":{"path":"P","args":[1]}}"#,
        #"{"id":1,"method":"call","params":{"path":"P","args":1}}"#,
        #"{"id":1,"method":"call","params":{"path":"P","timeout":-1}}"#,
        #"{"method":"call","params":{"path":"P"}}"#,
        #"{"id":1,"method":"get","params":{"path":{"equals":"P"}}}"#,
        #"{"id":1,"method":"get","params":{"path":{"startsWith":"P"}}}"#,
        #"{"id":1,"method":"get","params":{"path":{"contains":"P"},"sort":{"byPath":true}}}"#,
        #"{"id":1,"method":"fetch","params":{"id":"f","path":{"equals":"P"}}}"#,
        #"{"id":1,"method":"fetch","params":{"id":"g","path":{"contains":"P"}}}"#,
        #"{"id":1,"method":"unfetch","params":{"id":"f"}}"#,
        #"{"id":1,"method":"P"}"#,
        #"[{"id":1,"method":"call","params":{"path":"P"}},{"id":2,"method":"change","params":{"path":"P","value":{}}}]"#,
    ]

    static let hidden: [(name: String, params: JSON)] = [
        ("State", ["value": 1]), ("Method", [:]), ("fetchOnly State", ["value": 1, "fetchOnly": true]),
        ("fetchOnly Method", ["fetchOnly": true]), ("State with meta", ["value": 1, "meta": ["a": 1], "timeout": 1]),
        ("State that others may set", ["value": 1, "access": ["fetchGroups": ["x"], "setGroups": ["x"]]]),
        ("State of nobody", ["value": 1, "access": ["fetchGroups": []]]),
    ]

    private func add(_ path: String, _ params: JSON) {
        var params = params.object ?? [:]
        params["path"] = .string(path)
        if params["access"] == nil { params["access"] = ["fetchGroups": ["x"]] }
        #expect(owner.ask("add", .object(params)) == .done)
    }

    /// Sends requests about a path.
    ///
    /// - Returns: What comes back, byte for byte, with the path replaced.
    private func answers(to requests: [String], about path: String, from peer: TestPeer) -> [String] {
        requests.map { request in
            peer.send(request.replacingP(by: path))
            return peer.receivedTexts().joined(separator: "\n").replacing(path: path)
        }
    }

    @Test("every method answers as it does for a free path", arguments: hidden.indices)
    func sameAsFree(index: Int) {
        add("hidden", Self.hidden[index].params)
        let free = bus.connect()
        let expected = answers(to: Self.requests, about: "unused", from: free)
        let actual = answers(to: Self.requests, about: "hidden", from: stranger)
        for (request, (one, other)) in zip(Self.requests, zip(actual, expected)) {
            #expect(one == other, "\(Self.hidden[index].name): \(request)")
        }
        #expect(owner.received() == [], "the owner hears nothing of it")
        let count = stranger.ask("info")?["result"]?["statistics"]?["elements"]
        #expect(count == 0)
    }

    @Test("add is refused, which is the one thing that shows")
    func add() {
        add("hidden", ["value": 1])
        #expect(stranger.ask("add", ["path": "hidden", "value": 2]) == .refused(["pathAlreadyExists": "hidden"]))
    }

    @Test("its owner may use it, with the rights of its groups")
    func owned() {
        add("s", ["value": 1])
        add("m", [:])
        #expect(owner.ask("change", ["path": "s", "value": 2]) == .done)
        #expect(owner.ask("change", ["path": "m", "value": 2]) == .refused(["notAState": "m"]))
        #expect(owner.ask("set", ["path": "m", "value": 2]) == .refused(["notAState": "m"]))
        #expect(owner.ask("set", ["path": "s", "value": 2]) == nil, "it is routed")
        #expect(owner.ask("info")?["result"]?["statistics"]?["elements"] == 2)
        #expect(owner.ask("remove", ["path": "s"]) == .done)
    }

    @Test("a peer that may fetch it learns by errors what it is")
    func visible() {
        let member = bus.connect(groups: Groups(fetch: ["x"]))
        add("m", [:])
        #expect(member.ask("change", ["path": "m", "value": 2]) == .refused(["foreignPath": "m"]))
        #expect(member.ask("set", ["path": "m", "value": 2]) == .refused(["notAState": "m"]))
        #expect(member.ask("info")?["result"]?["statistics"]?["elements"] == 1)
    }

    @Test("info counts the elements that the asker may fetch or owns, whatever lists there are")
    func counts() {
        let peers = [[], ["a"], ["b"], ["a", "b"]].map { bus.connect(groups: Groups(fetch: Set($0))) }
        let lists: [JSON?] = [nil, [], ["a"], ["b"], ["a", "b"], ["b", "a"], ["c"]]
        func counts() -> [Int] { peers.map { $0.ask("info")?["result"]?["statistics"]?["elements"]?.int ?? -1 } }
        for round in 0..<3 {
            for (index, list) in lists.enumerated() {
                var params: JSON.Object = ["path": .string("\(round)/\(index)"), "value": 1]
                if let list { params["access"] = ["fetchGroups": list] }
                #expect(owner.ask("add", .object(params)) == .done)
            }
        }
        #expect(counts() == [3, 12, 12, 15])
        #expect(owner.ask("info")?["result"]?["statistics"]?["elements"] == 21)
        for index in lists.indices { owner.ask("remove", ["path": .string("1/\(index)")]) }
        #expect(counts() == [2, 8, 8, 10])
        // A list that shows nothing but the asker's own elements.
        peers[0].ask("add", ["path": "own", "value": 1, "access": ["fetchGroups": []]])
        #expect(counts() == [3, 8, 8, 10])
        owner.disconnect()
        #expect(counts() == [1, 0, 0, 0])
    }

    @Test("lists beyond the number that is told apart are counted for their owners only")
    func manyLists() {
        for index in 0..<300 { add("e/\(index)", ["access": ["fetchGroups": [.string("g\(index)")]]]) }
        #expect(stranger.ask("info")?["result"]?["statistics"]?["elements"] == 0)
        #expect(owner.ask("info")?["result"]?["statistics"]?["elements"] == 300)
        for index in 0..<300 { owner.ask("remove", ["path": .string("e/\(index)")]) }
        #expect(owner.ask("info")?["result"]?["statistics"]?["elements"] == 0)
        add("e", ["access": ["fetchGroups": ["new"]]])
        let member = bus.connect(groups: Groups(fetch: ["new"]))
        #expect(member.ask("info")?["result"]?["statistics"]?["elements"] == 1)
    }

    @Test("a peer whose login fails keeps the rights that it had")
    func failedLogin() {
        let bus = TestBus { $0.hasUsers = true }
        let owner = bus.connect()
        owner.ask("add", ["path": "s", "value": 1, "access": ["fetchGroups": ["x"], "setGroups": ["x"]]])
        let peer = bus.connect(groups: Groups(fetch: ["x"], set: ["x"]))
        for result: Bus.AuthenticationResult in [.wrongPassword, .unknownUser, .failed("out of order"), .forbidden] {
            peer.send(#"{"id":1,"method":"authenticate","params":{"user":"u","password":"p"}}"#)
            bus.answerAll(with: result)
            #expect(peer.received().count == 1)
            #expect(peer.ask("get") == .result([.entry("add", "s", 1)]))
            #expect(peer.ask("set", ["path": "s", "value": 2]) == nil)
            #expect(bus.bus.user(of: peer.id) == nil)
        }
        // One that has succeeded before keeps that user.
        peer.send(#"{"id":1,"method":"authenticate","params":{"user":"u","password":"p"}}"#)
        bus.answerAll(with: .granted(Groups(fetch: ["x"])))
        peer.send(#"{"id":1,"method":"authenticate","params":{"user":"other","password":"p"}}"#)
        bus.answerAll(with: .wrongPassword)
        #expect(bus.bus.user(of: peer.id) == "u")
        #expect(peer.ask("get") == .result([.entry("add", "s", 1, ["fetchOnly": true])]))
    }
}

extension String {
    /// The request about a path.
    fileprivate func replacingP(by path: String) -> String {
        split(separator: #""P""#, omittingEmptySubsequences: false).joined(separator: "\"\(path)\"")
    }

    /// The answer without the path.
    fileprivate func replacing(path: String) -> String {
        split(separator: path, omittingEmptySubsequences: false).joined(separator: "P")
    }
}
