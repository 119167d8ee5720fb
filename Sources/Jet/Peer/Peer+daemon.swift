public import JSONText

/// Talking to the daemon itself.
extension Peer {
    /// Asks the daemon who it is and what it can do.
    ///
    ///     print(try await peer.info().version)
    ///
    /// - Throws: `.notConnected`, `.timeout`, `.closed`.
    public func info() async throws(JetError) -> DaemonInfo { DaemonInfo(try await ask("info", nil)) }

    /// Sends a value to the daemon and back. When it is back, the daemon has handled all that this peer said before.
    ///
    ///     try door.change(true)
    ///     try await peer.echo("are we there yet?")
    ///
    /// - Throws: `.notConnected`, `.timeout`, `.closed`.
    @discardableResult
    public func echo(_ value: JSON) async throws(JetError) -> JSON { try await ask("echo", value) }

    /// Sends any request of the protocol, for those that have no function here.
    ///
    ///     let groups = try await peer.request("authenticate", ["user": "joe", "password": "secret"])
    ///
    /// Elements and fetches that are made so are unknown to this peer: nothing is delivered or routed to it for them, and
    /// they do not come back after a reconnect.
    ///
    /// - Throws: The daemon's refusal; `.notConnected`, `.timeout`, `.closed`.
    @discardableResult
    public func request(_ method: String, _ params: JSON) async throws(JetError) -> JSON {
        try await ask(method, params)
    }

    private func ask(_ method: String, _ params: JSON?) async throws(JetError) -> JSON {
        let isRouted = method == "set" || method == "call"
        let result = try await core.request(
            method, params: params?.text, timeout: core.configuration.requestTimeout, isOpenEnded: isRouted)
        return try ValueCoding.decode(JSON.self, from: result)
    }
}
