import JSONText
public import JetProtocol

/// Users and passwords.
extension Peer {
    /// Authenticates as a user, whose rights replace those that the peer had. The peer does this again
    /// on every reconnect, before it fetches again; with `Configuration.credentials` it does so from the beginning.
    ///
    ///     let groups = try await peer.authenticate(Credentials(user: "john", password: "swordfish"))
    ///
    /// - Returns: The groups that the user is in.
    /// - Throws: `.invalidParams` with `invalidUser`, `invalidPassword`, or `alreadyFetching` while the peer has
    ///   fetches; `.limitExceeded` if too many ask at once; `.notConnected`, `.timeout`, `.closed`, `.cancelled`. Then
    ///   the rights are what they were.
    @discardableResult
    public func authenticate(_ credentials: Credentials) async throws(JetError) -> Groups {
        let result = try await core.request(
            .authenticate, params: credentials.params, timeout: core.configuration.requestTimeout)
        core.submit { session in session.login = .password(credentials) }
        return Groups(response: try ValueCoding.decode(JSON.self, from: result))
    }

    /// Gives a user another password: the user that this peer is, or any user if that one is an admin.
    ///
    ///     try await peer.setPassword(of: "john", to: "herring")
    ///
    /// - Throws: `.invalidParams` with `noAccess` (and the user's name) if this peer may not do that, `invalidUser`, or
    ///   `invalidPassword` if the new one is empty; `.internalError` if the daemon cannot keep it; `.notConnected`,
    ///   `.timeout`, `.closed`, `.cancelled`.
    public func setPassword(of user: String, to password: String) async throws(JetError) {
        let credentials = Credentials(user: user, password: password)
        _ = try await core.request(
            .passwd, params: credentials.params, timeout: core.configuration.requestTimeout)
        core.submit { session in
            if case .password(let current)? = session.login, current.user == user {
                session.login = .password(credentials)
            }
        }
    }
}

extension Peer.Credentials {
    /// The params of `authenticate` and `passwd`.
    var params: [UInt8] {
        var params = ObjectText()
        params.append(MemberName.user, string: user)
        params.append(MemberName.password, string: password)
        return params.text
    }
}
