import JSONText

/// A naive Jet daemon: what PROTOCOL.md says, in plain arrays that are walked from one end to the other. It knows of no
/// index, no snapshot, no outbox and no text. The bus is compared with it.
struct Model {
    struct Peer {
        var fetchGroups: Set<String> = []
        var setGroups: Set<String> = []
        var callGroups: Set<String> = []
        var fetches: [Fetch] = []
    }

    struct Fetch {
        let id: JSON
        /// The params of the fetch.
        let rule: JSON

        /// Whether it is a window in an order. Of those, what a peer should know is compared instead of each message.
        var isSorted: Bool { rule["sort"] != nil }
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
    private(set) var peers: [Int: Peer] = [:]
    private(set) var elements: [Element] = []
    private(set) var pending: [Pending] = []
    /// The ids under which the bus has routed requests, by their numbers here.
    var routedIDs: [Int: JSON] = [:]
    /// What is due to each peer, in order, since it was last taken.
    var outgoing: [Int: [Message]] = [:]
    private(set) var droppedAnswers = 0
    /// How many requests were routed.
    private(set) var routed = 0

    // MARK: What happens

    mutating func connect(_ number: Int, _ peer: Peer) { peers[number] = peer }

    mutating func disconnect(_ number: Int) {
        peers[number] = nil
        outgoing[number] = nil
        for request in pending where request.owner == number {
            let path = JSON.string(request.path)
            respond(request, ["error": ["code": -32002, "message": "Connection closed", "data": ["ownerGone": path]]])
        }
        pending.removeAll { $0.owner == number || $0.caller == number }
        for element in elements where element.owner == number {
            notify("remove", element)
            elements.removeAll { $0.path == element.path }
        }
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
        } else if let method = message["method"]?.string {
            let answer = handle(method, message["params"] ?? [:], message["id"], from: peer)
            if let id = message["id"], var answer = answer?.object {
                answer["id"] = id
                outgoing[peer, default: []].append(.response(.object(answer)))
            }
            // What a fetch finds comes behind its response.
            if method == "fetch" { showIfNew(message, to: peer) }
        } else {
            receiveAnswer(message, from: peer)
        }
    }

    // MARK: Methods

    /// Does what a request asks for; its answer without the id, or `nil` if it comes later.
    private mutating func handle(_ method: String, _ params: JSON, _ id: JSON?, from peer: Int) -> JSON? {
        let path = params["path"]?.string ?? ""
        let refused = { (key: String) in JSON.refused([key: .string(path)]) }
        let index = elements.firstIndex { $0.path == path }
        switch method {
        case "add":
            guard index == nil else { return refused("pathAlreadyExists") }
            let element = Element(path: path, owner: peer, value: params["value"], params: params)
            elements.append(element)
            notify("add", element)
        case "remove":
            guard let index else { return refused("pathNotExists") }
            guard elements[index].owner == peer else { return refused("foreignPath") }
            notify("remove", elements.remove(at: index))
        case "change":
            guard let index else { return refused("pathNotExists") }
            guard elements[index].owner == peer else { return refused("foreignPath") }
            guard elements[index].value != nil else { return refused("notAState") }
            let old = elements[index]
            elements[index].value = params["value"]
            notify("change", elements[index], from: old)
        case "set", "call":
            guard let index else { return refused("pathNotExists") }
            let element = elements[index]
            let isSet = method == "set"
            guard isSet == (element.value != nil) else { return refused(isSet ? "notAState" : "notAMethod") }
            guard element.params["fetchOnly"] != true else { return refused("fetchOnly") }
            guard mayUse(element, peer) else { return refused("noAccess") }
            route(element, isSet: isSet, params, id, from: peer)
            return nil
        case "fetch":
            let fetchID = params["id"] ?? nil
            let isInUse = peers[peer]?.fetches.contains { $0.id == fetchID } == true
            return isInUse ? .refused(["fetchIdInUse": fetchID]) : .done
        case "unfetch":
            peers[peer]?.fetches.removeAll { $0.id == params["id"] }
        case "get":
            if params["sort"] != nil { return .result(.array(window(of: params, for: peer))) }
            let found = elements.filter { isSeen($0, by: peer, params) }
            return .result(.array(found.map { entry("add", $0, for: peer) }))
        case "echo":
            return .result(params)
        default:
            return .error(-32601, "Method not found", .string(method))
        }
        return .done
    }

    private mutating func showIfNew(_ message: JSON, to peer: Int) {
        let fetch = Fetch(id: message["params"]?["id"] ?? nil, rule: message["params"] ?? [:])
        guard peers[peer]?.fetches.contains(where: { $0.id == fetch.id }) == false else { return }
        peers[peer]?.fetches.append(fetch)
        guard !fetch.isSorted else { return }
        for element in elements where isSeen(element, by: peer, fetch.rule) {
            outgoing[peer, default: []].append(.notification(fetch: fetch.id, params: entry("add", element, for: peer)))
        }
    }

    // MARK: Notifications

    /// Tells who fetched an element what happened to it. Whose rule it satisfied only before, or only now, hears of a
    /// remove or an add instead of a change.
    private mutating func notify(_ event: String, _ element: Element, from old: Element? = nil) {
        for (number, peer) in peers {
            for fetch in peer.fetches where !fetch.isSorted {
                let isNow = isSeen(element, by: number, fetch.rule)
                let was = old.map { isSeen($0, by: number, fetch.rule) } ?? isNow
                guard was || isNow else { continue }
                let seen = was == isNow ? event : isNow ? "add" : "remove"
                let entry = entry(seen, element, for: number)
                outgoing[number, default: []].append(.notification(fetch: fetch.id, params: entry))
            }
        }
    }

    private func entry(_ event: String, _ element: Element, for peer: Int) -> JSON {
        var more = JSON.Object()
        if event == "add" {
            if isFetchOnly(element, for: peer) { more["fetchOnly"] = true }
            more["meta"] = element.params["meta"]
        }
        return .entry(event, element.path, element.value, more)
    }

    func isSeen(_ element: Element, by peer: Int, _ rule: JSON) -> Bool {
        admits(element, "fetchGroups", peers[peer]?.fetchGroups) && satisfies(element, rule)
    }

    func isFetchOnly(_ element: Element, for peer: Int) -> Bool {
        element.params["fetchOnly"] == true || !mayUse(element, peer)
    }

    private func mayUse(_ element: Element, _ peer: Int) -> Bool {
        element.value != nil
            ? admits(element, "setGroups", peers[peer]?.setGroups)
            : admits(element, "callGroups", peers[peer]?.callGroups)
    }

    private func admits(_ element: Element, _ list: String, _ groups: Set<String>?) -> Bool {
        guard let list = element.params["access"]?[list]?.array else { return true }
        return list.contains { groups?.contains($0.string ?? "") == true }
    }

    /// What a peer knows of one of its fetches when it has been told everything: by path, the add that would tell of it.
    func truth(of fetch: Fetch, for peer: Int) -> [String: JSON] {
        var truth: [String: JSON] = [:]
        for element in elements where isSeen(element, by: peer, fetch.rule) {
            truth[element.path] = entry("add", element, for: peer)
        }
        return truth
    }

    // MARK: Routing

    private mutating func route(_ element: Element, isSet: Bool, _ params: JSON, _ id: JSON?, from peer: Int) {
        var forwarded = JSON.Object()
        forwarded["value"] = params["value"]
        forwarded["valueAsResult"] = params["valueAsResult"]
        let request: JSON = [
            "method": .string(element.path), "params": isSet ? .object(forwarded) : params["args"] ?? [:],
        ]
        routed += 1
        outgoing[element.owner, default: []].append(.routed(request, number: id == nil ? nil : routed))
        guard let id else { return }
        let seconds = params["timeout"]?.double ?? element.params["timeout"]?.double ?? 5
        pending.append(
            Pending(
                number: routed, caller: peer, id: id, owner: element.owner, path: element.path, params: params,
                deadline: now + UInt64(seconds * 1e9)))
    }

    private mutating func receiveAnswer(_ message: JSON, from peer: Int) {
        let index = pending.firstIndex { $0.owner == peer && routedIDs[$0.number] == message["id"] }
        guard let index else {
            droppedAnswers += 1
            return
        }
        respond(pending.remove(at: index), message)
    }

    private mutating func respond(_ request: Pending, _ answer: JSON) {
        guard peers[request.caller] != nil else { return }
        var response: JSON.Object = ["id": request.id]
        if let error = answer["error"] { response["error"] = error } else { response["result"] = answer["result"] }
        outgoing[request.caller, default: []].append(.response(.object(response)))
    }
}
