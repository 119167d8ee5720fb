import JSONText
import TestSupport

/// What happens next, at random: several peers that add, change, remove, set, call, answer, fetch, unfetch and
/// authenticate themselves over so few paths that they meet all the time, and that come and go.
struct Scenario {
    var random: SeededGenerator
    /// Whether some peers read only now and then.
    let hasSlowPeers: Bool
    /// Who is connected, whether it is slow, and whether it has said its last word.
    private(set) var peers: [(number: Int, isSlow: Bool, hasEnded: Bool)] = []
    private var nextPeer = 0
    private var nextID = 0
    /// Many values are greater than all before, so that one can tell an older one from a newer.
    var nextValue = Witness.firstAge
    /// Whether what is sent now is handled now, and not when a question has its verdict: else it would bring older
    /// values after newer ones.
    private(set) var isHandledNow = true

    /// The size of an outbox that is full, where there are slow peers.
    static let outboxLimit = 900
    static let paths = [
        "a", "ab", "aba", "b", "ba", "bA", "A", "aA", "abab", "bb", "é", "\u{FFFD}", "😀", "\0", "__proto__",
    ]
    static let fetchIDs: [JSON] = ["f", "g", 1, "1"]
    private static let groupListNames = ["fetchGroups", "setGroups", "callGroups"]
    private static let groupLists: [JSON] = [[], ["x"], ["x", "y"], ["z"]]
    private static let arguments: [JSON] = [[1], ["x": []], []]

    init(seed: UInt64, hasSlowPeers: Bool) {
        random = SeededGenerator(seed: seed)
        self.hasSlowPeers = hasSlowPeers
    }

    /// What happens next.
    ///
    /// - Parameters:
    ///   - model: How things are.
    ///   - closing: A peer that the bus wants to be closed.
    ///   - backlog: How many bytes a peer has not read.
    mutating func next(_ model: Model, closing: Int?, backlog: (Int) -> Int) -> Step {
        if let closing { return disconnect(closing) }
        if peers.count < 2 || peers.count < 6 && chance(1, of: 60) { return connect() }
        if let question = model.questions.randomElement(using: &random), chance(1, of: 6) {
            return .judge(question, verdict())
        }
        let place = index(peers.count)
        let peer = peers[place]
        isHandledNow = model.peers[peer.number]?.question == nil
        switch index(200) {
        case 0: return disconnect(peer.number)
        case 1 where !peer.hasEnded:
            peers[place].hasEnded = true
            return .endInput(peer: peer.number)
        case 2...5: return .pass(seconds: [0.1, 1, 2.5][index(3)])
        case 6..<30 where peer.isSlow: return .read(peer: peer.number, all: chance(1, of: 4))
        case 30..<34 where !peer.isSlow && !peer.hasEnded: return .send(peer: peer.number, churn())
        default: break
        }
        guard !peer.hasEnded else { return peer.isSlow ? .read(peer: peer.number, all: false) : .pass(seconds: 0.1) }
        // One that goes on asking and does not read would be closed; that is another test's matter.
        guard backlog(peer.number) < 2 * Self.outboxLimit else { return .read(peer: peer.number, all: false) }
        if !peer.isSlow, chance(1, of: 8) {
            let messages = (0..<index(6)).map { _ in message(from: peer.number, model, backlog) }
            // A batch cannot be inside a batch.
            return .send(peer: peer.number, .array(messages.flatMap { $0.array ?? [$0] }))
        }
        return .send(peer: peer.number, message(from: peer.number, model, backlog))
    }

    private mutating func connect() -> Step {
        var peer = Model.Peer()
        for group in ["x", "y"] {
            if chance(1, of: 2) { peer.fetchGroups.insert(group) }
            if chance(1, of: 2) { peer.setGroups.insert(group) }
            if chance(1, of: 2) { peer.callGroups.insert(group) }
        }
        if chance(1, of: 4) {
            peer.isStranger = true
            peer.mayRead = chance(1, of: 2)
        }
        nextPeer += 1
        peers.append((nextPeer, hasSlowPeers && chance(1, of: 2), false))
        return .connect(peer: nextPeer, peer, isSlow: peers[peers.count - 1].isSlow)
    }

    private mutating func disconnect(_ number: Int) -> Step {
        peers.removeAll { $0.number == number }
        return .disconnect(peer: number)
    }

    private mutating func verdict() -> Model.Verdict {
        func groups() -> Set<String> { Set(["x", "y"].filter { _ in chance(1, of: 2) }) }
        switch index(8) {
        case 0: return .unknownUser
        case 1: return .wrongPassword
        case 2: return .forbidden
        case 3: return .failed("out of order")
        default: return .yes((groups(), groups(), groups()))
        }
    }

    /// Elements that come and go at once, so that the table of elements is packed often.
    private mutating func churn() -> JSON {
        var batch: [JSON] = []
        for _ in 0..<5 {
            let path = path()
            batch.append(["method": "add", "params": ["path": path, "value": value()]])
            batch.append(["method": "remove", "params": ["path": path]])
        }
        return .array(batch)
    }

    // MARK: Messages

    private mutating func message(
        from peer: Int, _ model: Model, _ backlog: (Int) -> Int
    ) -> JSON {
        switch index(100) {
        case 0..<14: request("add", addParams(), from: peer)
        case 14..<20: request("remove", ["path": ownPath(peer, model)], from: peer)
        case 20..<50: change(from: peer, model)
        case 50..<66: routedRequest(from: peer, model, backlog)
        case 66..<82: answer(from: peer, model)
        case 82..<88: request("fetch", rule(id: fetchID()), from: peer)
        case 88..<91: request("unfetch", ["id": fetchID()], from: peer)
        case 91..<94: moveWindow(from: peer, model)
        case 94..<96: request("get", rule(id: nil), from: peer)
        case 96: request("branches", branches(), from: peer)
        case 97 where chance(1, of: 2): request("nonsense", [:], from: peer)
        case 97 where chance(1, of: 2): request("info", [:], from: peer)
        case 97: request("config", ["encoding": ["msgpack", "json", nil][index(3)]], from: peer)
        case 98: introduction(from: peer, model)
        default: request("echo", value(), from: peer)
        }
    }

    /// Another value, or often the same one again, if it is one that comes again and again.
    private mutating func change(from peer: Int, _ model: Model) -> JSON {
        let path = ownPath(peer, model)
        var value = value()
        if let same = model.elements.first(where: { .string($0.path) == path })?.value, Witness.age(of: same) == nil,
            chance(1, of: 3)
        {
            value = same
        }
        return request("change", ["path": path, "value": value], from: peer)
    }

    private mutating func request(_ method: String, _ params: JSON, from peer: Int) -> JSON {
        var request: JSON.Object = ["method": .string(method), "params": params]
        // A peer must see from what it reads when a fetch begins and ends: by the responses.
        let mustHaveID = method.hasSuffix("fetch") || method == "moveWindow"
        if mustHaveID || chance(3, of: 4) {
            nextID += 1
            request["id"] = !mustHaveID && chance(1, of: 10) ? "same" : .number(nextID)
        }
        return .object(request)
    }

    /// A peer moves the window of one of its fetches, which mostly sorts.
    private mutating func moveWindow(from peer: Int, _ model: Model) -> JSON {
        let sorted = model.peers[peer]?.fetches.filter(\.isSorted).randomElement(using: &random)
        let id = chance(1, of: 8) ? fetchID() : sorted?.id ?? fetchID()
        return request("moveWindow", ["id": id, "from": .number(1 + index(6)), "to": .number(index(10))], from: peer)
    }

    /// A peer says who it is. One with fetches mostly ends them first, or it would be refused.
    private mutating func introduction(from peer: Int, _ model: Model) -> JSON {
        let method = chance(3, of: 4) ? "authenticate" : "passwd"
        let params: JSON = ["user": ["john", "mary"][index(2)], "password": .string("\(index(100))")]
        let introduction = request(method, params, from: peer)
        isHandledNow = false
        let fetches = chance(3, of: 4) ? model.peers[peer]?.fetches ?? [] : []
        return .array(fetches.map { request("unfetch", ["id": $0.id], from: peer) } + [introduction])
    }

    private mutating func addParams() -> JSON {
        var params: JSON.Object = ["path": path()]
        if chance(3, of: 4) { params["value"] = value() }
        if chance(1, of: 6) { params["fetchOnly"] = .boolean(chance(1, of: 2)) }
        if chance(1, of: 6) { params["meta"] = ["title": value()] }
        if chance(1, of: 6) { params["timeout"] = .number(1 + index(9)) }
        if chance(1, of: 6) { params["caller"] = true }
        if chance(1, of: 4) {
            var access = JSON.Object()
            for list in Self.groupListNames where chance(1, of: 2) {
                access[list] = Self.groupLists[index(4)]
            }
            addNulls(to: &access, Self.groupListNames)
            params["access"] = .object(access)
        }
        addNulls(to: &params, ["fetchOnly", "meta", "timeout", "caller", "access"])
        return .object(params)
    }

    private mutating func routedRequest(
        from peer: Int, _ model: Model, _ backlog: (Int) -> Int
    ) -> JSON {
        let target = chance(9, of: 10) ? model.elements.randomElement(using: &random) : nil
        // An owner that does not read is asked no more than it can hold; that is another test's matter.
        if let target, target.owner == peer && hasSlowPeers || backlog(target.owner) > Self.outboxLimit {
            return request("echo", value(), from: peer)
        }
        var params: JSON.Object = ["path": target.map { .string($0.path) } ?? "nowhere"]
        if chance(1, of: 4) { params["timeout"] = .number(1 + index(9)) }
        let isSet = chance(1, of: 10) ? chance(1, of: 2) : target?.value != nil
        if isSet {
            params["value"] = value()
            if chance(1, of: 4) { params["valueAsResult"] = true }
        } else if chance(1, of: 2) {
            params["args"] = Self.arguments[index(3)]
        }
        addNulls(to: &params, isSet ? ["timeout", "valueAsResult"] : ["timeout", "args"])
        return request(isSet ? "set" : "call", .object(params), from: peer)
    }

    /// An answer to something that was asked of this peer, or of another one, or of nobody, now or long ago.
    private mutating func answer(from peer: Int, _ model: Model) -> JSON {
        let asked = model.pending.filter { $0.owner == peer }.compactMap { model.routedIDs[$0.number] }
        var id = asked.randomElement(using: &random)
        if id == nil || chance(1, of: 10) { id = model.routedIDs[1 + index(model.routed)] ?? "1" }
        if chance(1, of: 20) { id = .number(index(5)) }
        let results: [JSON] = [true, nil, 7]
        var message: JSON.Object = ["result": results[index(3)]]
        if chance(1, of: 8) { message["error"] = JSON.null }
        if chance(1, of: 4) { message = ["error": ["code": 1, "message": "no"]] }
        message["id"] = id
        return .object(message)
    }

    // MARK: Choices

    private mutating func path() -> JSON { .string(Self.paths[index(Self.paths.count)]) }

    private mutating func ownPath(_ peer: Int, _ model: Model) -> JSON {
        let own = model.elements.filter { $0.owner == peer && $0.value != nil }
        guard chance(9, of: 10), let element = own.randomElement(using: &random) else { return path() }
        return .string(element.path)
    }

    private mutating func fetchID() -> JSON { Self.fetchIDs[index(Self.fetchIDs.count)] }

    /// Says of some optional members that are absent that they are null, which is the same.
    mutating func addNulls(to object: inout JSON.Object, _ names: [String]) {
        for name in names where object[name] == nil && chance(1, of: 8) { object[name] = JSON.null }
    }

    mutating func index(_ count: Int) -> Int { count > 0 ? Int.random(in: 0..<count, using: &random) : 0 }

    mutating func chance(_ times: Int, of all: Int) -> Bool { index(all) < times }
}
