import JetProtocol

/// What a peer tells the daemon about itself with `config`: once asked for, again on every connect.
struct Identity: Sendable {
    /// What it is called.
    var name: String?
    /// Whether the daemon shall say more about it to those who look for a fault.
    var debug: Bool?

    /// Whether there is nothing to tell.
    var isEmpty: Bool { name == nil && debug == nil }

    /// The params of `config`.
    var params: [UInt8] {
        var params = ObjectText()
        if let name { params.append(MemberName.name, string: name) }
        if let debug { params.append(MemberName.debug, debug ? Text.true : Text.false) }
        return params.text
    }

    /// This, and of `other` what it says.
    func updated(with other: Identity) -> Identity {
        Identity(name: other.name ?? name, debug: other.debug ?? debug)
    }
}

extension Session {
    /// Tells the daemon something about this peer.
    mutating func configure(
        _ id: Int, _ news: Identity, deadline: Duration, reply: Reply
    ) throws(JetError) {
        try request(id, .config, params: news.params, deadline: deadline, reply: reply)
        identity = identity.updated(with: news)
    }
}
