public import Digests
import JSONText
public import JetProtocol

/// Keys in place of passwords: pairing, and the keys that users log in with.
extension Peer {
    /// Logs in as the user whose key `Configuration.security` has, in place of the user that the peer was. The peer does
    /// this again on every reconnect; with `Security.logsIn` it does so from the beginning.
    ///
    /// - Returns: The groups that the user is in.
    /// - Throws: `.invalidParams` with `invalidKey` if the daemon does not know the key, or the connection has none;
    ///   `alreadyFetching` while the peer has fetches; `.notConnected`, `.timeout`, `.closed`, `.cancelled`.
    @discardableResult
    public func authenticateByKey() async throws(JetError) -> Groups {
        let result = try await ask(.authenticate, ["key": true])
        core.submit { session in session.login = .key }
        return Groups(response: result)
    }

    /// Offers that another peer's key is accepted: of the peer that sends the code of this offer first.
    ///
    ///     let offer = try await peer.offerPairing(groups: ["operator"], for: .seconds(600))
    ///     print(offer.code)
    ///
    /// - Parameters:
    ///   - user: The user that the key will belong to; `nil` for a new one, named after the key's title.
    ///   - groups: The groups of a new user.
    ///   - duration: How long the offer lasts.
    /// - Throws: `.invalidParams` with `noAccess` if this peer may not do that; `.methodNotFound` from a daemon that does
    ///   not have this; `.notConnected`, `.timeout`, `.closed`.
    public func offerPairing(
        user: String? = nil, groups: [String] = ["operator"], for duration: Duration = .seconds(600)
    ) async throws(JetError) -> PairingOffer {
        var params: JSON.Object = [
            "groups": .array(groups.map { .string($0) }), "seconds": .number(Int(duration.components.seconds)),
        ]
        params["user"] = user.map { .string($0) }
        return PairingOffer(try await ask("offerPairing", .object(params)))
    }

    /// Pairs: makes the key of this peer's `Configuration.security` one that the daemon knows. The peer is logged in with
    /// it from then on, on every reconnect too. Connect with `Security.logsIn` false for this.
    ///
    ///     let pairing = try await peer.pair(code: code, title: "john on laptop")
    ///
    /// - Parameters:
    ///   - code: The code of an offer.
    ///   - title: What the key is called, for people who look at the keys.
    /// - Throws: `.invalidParams` with `invalidCode` or `invalidKey`; `.methodNotFound` from a daemon that does not have
    ///   this; `.notConnected`, `.timeout`, `.closed`.
    public func pair(code: String, title: String) async throws(JetError) -> Pairing {
        let result = try await ask("pair", ["code": .string(code), "title": .string(title)])
        core.submit { session in session.login = .key }
        return Pairing(result)
    }

    /// The keys that users log in with.
    ///
    /// - Throws: `.invalidParams` with `noAccess` if this peer may not see them; `.methodNotFound` from a daemon that does
    ///   not have this; `.notConnected`, `.timeout`, `.closed`.
    public func keys() async throws(JetError) -> [UserKey] {
        try await ask("keys", [:]).array?.map { UserKey($0) } ?? []
    }

    /// Removes a key: no peer can log in with it from then on, and connections that are logged in with it are closed.
    ///
    /// - Throws: `.invalidParams` with `noAccess` if this peer may not do that, or `invalidKey` if there is no such key;
    ///   `.methodNotFound` from a daemon that does not have this; `.notConnected`, `.timeout`, `.closed`.
    public func removeKey(_ fingerprint: Fingerprint) async throws(JetError) {
        _ = try await ask("removeKey", ["fingerprint": .string(fingerprint.description)])
    }

    private func ask(_ method: MethodName, _ params: JSON) async throws(JetError) -> JSON {
        let result = try await core.request(
            method, params: params.text, timeout: core.configuration.requestTimeout)
        return try ValueCoding.decode(JSON.self, from: result)
    }
}
