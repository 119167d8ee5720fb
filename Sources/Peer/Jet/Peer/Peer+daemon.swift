public import JSONText
import JetProtocol

/// Requests to the daemon itself.
extension Peer {
    /// Asks the daemon for its name, version, features and statistics.
    ///
    ///     print(try await peer.info().version)
    ///
    /// - Throws: `.notConnected`, `.timeout`, `.closed`.
    public func info() async throws(JetError) -> DaemonInfo { DaemonInfo(try await ask(.info, nil)) }

    /// Asks the daemon who is connected, and what each account and each peer uses.
    ///
    ///     let busiest = try await peer.peers().peers.max { $0.usage.work < $1.usage.work }
    ///
    /// - Throws: `.invalidParams` with `noAccess("peers")` unless this peer is in the group `operator` for calling;
    ///   `.methodNotFound` from a daemon that does not have this; `.notConnected`, `.timeout`, `.closed`.
    public func peers() async throws(JetError) -> DaemonPeers {
        DaemonPeers(try await ask(.peers, nil))
    }

    /// Tells the daemon this peer's name and whether to debug it, now and after every reconnect.
    ///
    ///     try await peer.configure(name: "thermostat (kitchen)")
    ///
    /// - Parameters:
    ///   - name: What the peer is called from now on, in place of `Configuration.name`.
    ///   - debug: Whether the daemon shall say more about this peer to those who look for a fault, if it can.
    /// - Throws: The daemon's refusal; `.notConnected`, `.timeout`, `.closed`.
    public func configure(name: String? = nil, debug: Bool? = nil) async throws(JetError) {
        let (news, deadline) = (Identity(name: name, debug: debug), core.deadline())
        _ = try await core.awaitAnswer { id, reply throws(JetError) in
            try core.submit { session throws(JetError) in
                try session.configure(id, news, deadline: deadline, reply: reply)
            }
        }
    }

    /// Sends a value to the daemon and back. When it is back, the daemon has handled all that this peer sent before.
    ///
    ///     try door.change(true)
    ///     try await peer.echo("are we there yet?")
    ///
    /// - Throws: `.notConnected`, `.timeout`, `.closed`.
    @discardableResult
    public func echo(_ value: JSON) async throws(JetError) -> JSON { try await ask(.echo, value) }

    /// Sends any request of the protocol, for requests without a function of their own.
    ///
    ///     let entries = try await peer.request(.get, ["match": ["^cpu"]])
    ///
    /// Elements and fetches that are made so are unknown to this peer: nothing is delivered or routed to it for them,
    /// and they do not come back after a reconnect.
    ///
    /// - Throws: The daemon's refusal; `.notConnected`, `.timeout`, `.closed`.
    @discardableResult
    public func request(_ method: String, _ params: JSON) async throws(JetError) -> JSON {
        try await ask(MethodName(rawValue: method), params)
    }

    private func ask(_ method: MethodName, _ params: JSON?) async throws(JetError) -> JSON {
        let result = try await core.request(
            method, params: params?.text, timeout: core.configuration.requestTimeout, isOpenEnded: method.isRouted)
        return try ValueCoding.decode(JSON.self, from: result)
    }
}
