import JSONText

extension JSON {
    /// The optional member called `name`: null counts as absent.
    func given(_ name: String) -> JSON? {
        guard let value = self[name], value != .null else { return nil }
        return value
    }
}

/// A naive Jet daemon: what jet-protocol(7) says, in plain arrays that are walked from one end to the other. It knows of no
/// index, no snapshot, no outbox and no text. The bus is compared with it.
struct Model {
    struct Peer {
        var fetchGroups: Set<String> = []
        var setGroups: Set<String> = []
        var callGroups: Set<String> = []
        var fetches: [Fetch] = []
        /// As whom it has logged in.
        var user: String?
        /// Whether it may only log in and, if `mayRead`, read, as long as it has not.
        var isStranger = false
        var mayRead = false
        /// What is being found out about it.
        var question: Question?
        /// What it has sent meanwhile.
        var postponed: [JSON] = []
        /// Whether it has said its last word.
        var hasEndedInput = false
    }

    struct Fetch {
        let id: JSON
        /// The params of the fetch.
        let params: JSON
        let rule: NaiveRule
        /// Of a sorted fetch, the window that the peer was told; `nil` before the first time.
        var told: [JSON]?
        /// The total that it was told with it.
        var toldTotal = 0
        /// Of a fetch with `max`, the paths that satisfy the rule, in the order in which they came to do so. The first
        /// ones are in.
        var line: [String] = []

        init(_ params: JSON) {
            id = params["id"] ?? nil
            self.params = params
            rule = NaiveRule(params)
        }

        var isSorted: Bool { rule.key != nil }
        /// The paths that `max` lets in.
        var admitted: [String] { Array(line.prefix(rule.limit ?? 0)) }
    }

    struct Element {
        let path: String
        let owner: Int
        /// `nil` for a Method.
        var value: JSON?
        /// The params of its add.
        let params: JSON
    }

    /// A request that an owner has not answered.
    struct Pending {
        let number: Int
        let caller: Int
        let id: JSON
        let owner: Int
        let path: String
        let params: JSON
        let deadline: UInt64
    }

    /// What somebody outside of the daemon has to find out about a peer.
    struct Question: Equatable {
        let number: Int
        let peer: Int
        let user: String
        let password: String
        /// The user at whose wish the password is changed; `nil` to authenticate.
        let changedBy: String?
        let id: JSON?
    }

    /// Something that is due to a peer.
    enum Message: Equatable {
        /// An answer to its own request.
        case response(JSON)
        /// A notification of one of its fetches.
        case notification(fetch: JSON, params: JSON)
        /// A request for one of its elements, without its id, which the bus chooses; its number if it waits for an
        /// answer.
        case routed(JSON, number: Int?)
    }

    var now: UInt64 = 0
    var peers: [Int: Peer] = [:]
    var elements: [Element] = []
    var pending: [Pending] = []
    /// Questions without a verdict, those about peers that have gone included.
    var questions: [Question] = []
    var asked = 0
    /// The ids under which the bus has routed requests, by their numbers here.
    var routedIDs: [Int: JSON] = [:]
    /// What is due to each peer, in order, since it was last taken.
    var outgoing: [Int: [Message]] = [:]
    var droppedAnswers = 0
    /// How many requests were routed.
    var routed = 0

    // MARK: What happens

    mutating func connect(_ number: Int, _ peer: Peer) {
        peers[number] = peer
        if peer.isStranger {
            peers[number]?.fetchGroups = []
            peers[number]?.setGroups = []
            peers[number]?.callGroups = []
        }
    }

    mutating func disconnect(_ number: Int) {
        peers[number] = nil
        outgoing[number] = nil
        for request in pending where request.owner == number {
            let path = JSON.string(request.path)
            respond(request, ["error": ["code": -32002, "message": "Connection closed", "data": ["ownerGone": path]]])
        }
        pending.removeAll { $0.owner == number || $0.caller == number }
        for element in elements where element.owner == number {
            elements.removeAll { $0.path == element.path }
            notify("remove", element)
        }
    }

    /// Whether a peer that has said its last word is owed nothing more: then it is closed.
    func isServed(_ number: Int) -> Bool {
        guard let peer = peers[number], peer.hasEndedInput else { return false }
        return peer.question == nil && !pending.contains { $0.caller == number }
    }

    mutating func expire() {
        for request in pending where request.deadline <= now {
            respond(request, ["error": ["code": -32001, "message": "Response Timeout", "data": request.params]])
        }
        pending.removeAll { $0.deadline <= now }
    }

    mutating func receive(_ message: JSON, from peer: Int) {
        if let batch = message.array {
            for message in batch { receive(message, from: peer) }
        } else if peers[peer]?.question != nil {
            peers[peer]?.postponed.append(message)
        } else if let method = message["method"]?.string {
            let answer = handle(method, message["params"] ?? [:], message["id"], from: peer)
            if let id = message["id"], let answer { respond(to: peer, id, answer) }
            // What a fetch finds comes behind its response.
            if method == "fetch", answer == .done { show(Fetch(message["params"] ?? [:]), to: peer) }
            if method == "moveWindow", answer == .done { move(message["params"] ?? [:], of: peer) }
        } else {
            receiveAnswer(message, from: peer)
        }
    }

    /// Answers a request, if its peer is still there.
    mutating func respond(to peer: Int, _ id: JSON, _ answer: JSON) {
        guard peers[peer] != nil else { return }
        var response: JSON.Object = ["id": id]
        for member in answer.object ?? [:] { response[member.name] = member.value }
        outgoing[peer, default: []].append(.response(.object(response)))
    }

    // MARK: Methods

    /// Does what a request asks for; its answer without the id, or `nil` if it comes later.
    private mutating func handle(_ method: String, _ params: JSON, _ id: JSON?, from peer: Int) -> JSON? {
        let isRefused = peers[peer].map { $0.isStranger && !Self.isOpen(method, to: $0) } ?? false
        if isRefused { return .refused(["loginRequired": true]) }
        switch method {
        case "add", "remove", "change": return handleOwn(method, params, from: peer)
        case "set", "call": return route(isSet: method == "set", params, id, from: peer)
        case "fetch":
            let fetchID = params["id"] ?? nil
            let isInUse = peers[peer]?.fetches.contains { $0.id == fetchID } == true
            return isInUse ? .refused(["fetchIdInUse": fetchID]) : .done
        case "unfetch":
            peers[peer]?.fetches.removeAll { $0.id == params["id"] }
            return .done
        case "moveWindow":
            let fetchID = params["id"] ?? nil
            let isKnown = peers[peer]?.fetches.contains { $0.id == fetchID && $0.isSorted } == true
            return isKnown ? .done : .refused(["fetchIdUnknown": fetchID])
        // Of the statistics, what depends on who asks.
        case "info":
            let seesNothing = peers[peer].map { $0.isStranger && !$0.mayRead } ?? true
            return .result(["elements": .number(seesNothing ? 0 : elements.filter { exists($0, for: peer) }.count)])
        case "branches": return .result(branches(params, by: peer))
        case "get": return .result(.array(get(NaiveRule(params), by: peer)))
        case "authenticate", "passwd": return ask(method, params, id, from: peer)
        // The encoding of what follows is the wire's matter.
        case "config": return .done
        case "echo": return .result(params)
        default: return .error(-32601, "Method not found", .string(method))
        }
    }

    /// Whether a method is open to a stranger.
    private static func isOpen(_ method: String, to peer: Peer) -> Bool {
        ["authenticate", "pair", "config", "info", "echo"].contains(method)
            || peer.mayRead && ["fetch", "unfetch", "moveWindow", "get", "branches"].contains(method)
    }

    private mutating func handleOwn(_ method: String, _ params: JSON, from peer: Int) -> JSON {
        let path = params["path"]?.string ?? ""
        let refused = { (key: String) in JSON.refused([key: .string(path)]) }
        let index = elements.firstIndex { $0.path == path }
        if method == "add" {
            guard index == nil else { return refused("pathAlreadyExists") }
            elements.append(Element(path: path, owner: peer, value: params["value"], params: params))
            notify("add", elements[elements.count - 1])
            return .done
        }
        guard let index, exists(elements[index], for: peer) else { return refused("pathNotExists") }
        guard elements[index].owner == peer else { return refused("foreignPath") }
        if method == "remove" {
            notify("remove", elements.remove(at: index))
        } else {
            guard elements[index].value != nil else { return refused("notAState") }
            let old = elements[index]
            elements[index].value = params["value"]
            notify("change", elements[index], from: old)
        }
        return .done
    }
}
