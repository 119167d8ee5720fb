import JSONText
import JetProtocol

/// The method `peers` (jet-protocol(7) §2.8): which accounts and peers there are, and what they use.
extension Bus {
    /// Answers with all accounts and peers, if the peer is an operator, the administrator or the daemon's own user.
    @inline(never)
    func reportPeers(_ request: borrowing Request) throws(ErrorObject) {
        let peer = request.peer
        let isAdministrator = peer.isAdministrator(configuration.ownUserID)
        guard isAdministrator || peer.groups.call.contains(ProtocolLimits.operatorGroup) else {
            throw .invalidParams(.noAccess, JSON.string(MethodName.peers.rawValue).text)
        }
        guard let id = request.id else { return }
        delivery.withBuffer { result in
            appendAccountsAndPeers(to: &result)
            delivery.respond(to: peer, id: id, result: result.bytes)
        }
    }

    private func appendAccountsAndPeers(to result: inout RawBuffer) {
        var unread: [AccountName: Int] = [:]
        peers.forEach { peer in
            guard !peer.isProbe else { return }
            accounts.settle(peer)
            unread[peer.account.name, default: 0] += peer.output.unread
        }
        var list: [Account] = []
        accounts.forEach { list.append($0) }
        list.sort { "\($0.name)" < "\($1.name)" }
        result.append("{\"accounts\":[")
        for (index, account) in list.enumerated() {
            if index > 0 { result.append(",") }
            result.append(account.json(unread: unread[account.name] ?? 0).text)
        }
        result.append("],\"peers\":[")
        var isFirst = true
        peers.forEach { peer in
            guard !peer.isProbe else { return }
            if !isFirst { result.append(",") }
            isFirst = false
            result.append(peer.json.text)
        }
        result.append("]}")
    }
}

extension Account {
    fileprivate func json(unread: Int) -> JSON {
        var object: JSON.Object = ["account": .string("\(name)")]
        object["connections"] = .number(connections)
        usage.append(to: &object)
        object["unread"] = .number(unread)
        object["messages"] = .number(messages)
        object["work"] = .number(work)
        object["refused"] = .number(refused)
        return .object(object)
    }
}

extension Peer {
    fileprivate var json: JSON {
        var object: JSON.Object = ["peer": .number(id.index)]
        object["name"] = name.map(JSON.string)
        object["user"] = user.map(JSON.string)
        object["uid"] = credentials.userID.map { .number($0) }
        object["pid"] = credentials.processID.map { .number($0) }
        object["address"] = credentials.endpoint.map(JSON.string)
        object["account"] = .string("\(account.name)")
        object["messages"] = .number(messages)
        object["work"] = .number(work)
        usage.append(to: &object)
        object["unread"] = .number(output.unread)
        object["conflated"] = .number(conflated)
        object["refused"] = .number(refused)
        object["slow"] = .boolean(isSlow)
        return .object(object)
    }
}

extension Quotas {
    /// Appends what is used of the resources that are not shown otherwise.
    fileprivate func append(to object: inout JSON.Object) {
        object["elements"] = .number(elements)
        object["bytes"] = .number(bytes)
        object["fetches"] = .number(fetches)
        object["ruleBytes"] = .number(ruleBytes)
        object["pendingRequests"] = .number(pendingRequests)
    }
}

extension Credentials {
    /// The address with its port, as it stands in URLs.
    fileprivate var endpoint: String? {
        guard let address else { return nil }
        let host = address.contains(":") ? "[\(address)]" : address
        return port.map { "\(host):\($0)" } ?? host
    }
}
