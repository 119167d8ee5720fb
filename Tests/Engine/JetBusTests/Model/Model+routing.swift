import JSONText

/// `set` and `call` go to the owner, its answer goes back (jet-protocol(7) §3).
extension Model {
    /// Routes a request.
    ///
    /// - Returns: Why not, if it is refused.
    mutating func route(isSet: Bool, _ params: JSON, _ id: JSON?, from peer: Int) -> JSON? {
        let path = params["path"]?.string ?? ""
        let refused = { (key: String) in JSON.refused([key: .string(path)]) }
        guard let element = elements.first(where: { $0.path == path }), exists(element, for: peer) else {
            return refused("pathNotExists")
        }
        guard isSet == (element.value != nil) else { return refused(isSet ? "notAState" : "notAMethod") }
        guard element.params["fetchOnly"] != true else { return refused("fetchOnly") }
        guard mayUse(element, peer) else { return refused("noAccess") }
        var forwarded = JSON.Object()
        forwarded["value"] = params["value"]
        forwarded["valueAsResult"] = params.given("valueAsResult")
        var request: JSON.Object = [
            "method": .string(path), "params": isSet ? .object(forwarded) : params.given("args") ?? [:],
        ]
        if element.params["caller"] == true { request["caller"] = caller(peer) }
        routed += 1
        outgoing[element.owner, default: []].append(.routed(.object(request), number: id == nil ? nil : routed))
        guard let id else { return nil }
        let seconds = params["timeout"]?.double ?? element.params["timeout"]?.double ?? 5
        pending.append(
            Pending(
                number: routed, caller: peer, id: id, owner: element.owner, path: path, params: params,
                deadline: now + UInt64(seconds * 1e9)))
        return nil
    }

    /// What an owner that wants to know is told of a caller.
    private func caller(_ number: Int) -> JSON {
        func list(_ names: Set<String>?) -> JSON { .array((names ?? []).sorted().map(JSON.string)) }
        let peer = peers[number]
        let groups: JSON = [
            "fetch": list(peer?.fetchGroups), "set": list(peer?.setGroups), "call": list(peer?.callGroups),
        ]
        var caller: JSON.Object = ["peer": nil, "groups": groups]
        caller["user"] = peer?.user.map(JSON.string)
        return .object(caller)
    }

    mutating func receiveAnswer(_ message: JSON, from peer: Int) {
        let index = pending.firstIndex { $0.owner == peer && routedIDs[$0.number] == message["id"] }
        guard let index else {
            droppedAnswers += 1
            return
        }
        respond(pending.remove(at: index), message)
    }

    mutating func respond(_ request: Pending, _ answer: JSON) {
        var response = JSON.Object()
        let isError = answer["result"] == nil || answer.given("error") != nil
        response[isError ? "error" : "result"] = answer[isError ? "error" : "result"]
        respond(to: request.caller, request.id, .object(response))
    }
}
