import JSONText
import JetProtocol

/// `authenticate` and `passwd` (jet-protocol(7) §2 and §6): keeps the requests until the shell takes them and answers.
///
///     for request in bus.takeAuthenticationRequests() { ... }     // when `hasAuthenticationRequests`
///     bus.answer(request, with: result, at: now)                  // each one once, in any order
///
/// Until there is a result, what the peer sends waits (`Postponement`). So the messages of one peer are handled in order,
/// each with the rights that the peer has at its turn. That is also why a peer has at most one request. A quota bounds how
/// many there are in all and of each account, so that passwords cannot be guessed faster than they are checked one by one.
/// A peer whose password is wrong keeps the rights, the user and the account that it had.
final class Authenticator {
    private let delivery: Delivery
    private let accounts: AccountTable
    private let hasUsers: Bool
    private var lastSerial: UInt64 = 0
    /// The requests that the shell has not taken yet.
    private var waiting: ContiguousArray<Bus.AuthenticationRequest> = []
    /// The serials of all requests that have no result yet, and the accounts that are charged for them.
    private var open: [UInt64: Account] = [:]

    init(_ delivery: Delivery, _ accounts: AccountTable, _ configuration: Bus.Configuration) {
        self.delivery = delivery
        self.accounts = accounts
        hasUsers = configuration.hasUsers
    }

    // MARK: Requests

    func authenticate(_ request: borrowing Request) throws(ErrorObject) {
        let credentials = try NamedPassword(of: request)
        guard request.peer.fetchers.isEmpty else { throw Self.refusal(.alreadyFetching) }
        try begin(.authentication, credentials, request)
    }

    func passwd(_ request: borrowing Request) throws(ErrorObject) {
        let credentials = try NamedPassword(of: request)
        guard hasUsers else { throw Self.refusal(.invalidUser) }
        guard let user = request.peer.user else { throw Self.noAccess(credentials.user) }
        try begin(.passwordChange(by: user), credentials, request)
    }

    private func begin(
        _ kind: Bus.AuthenticationRequest.Kind, _ credentials: NamedPassword, _ request: borrowing Request
    ) throws(ErrorObject) {
        guard hasUsers, credentials.user.utf8.count <= NamedPassword.longestName else {
            throw Self.refusal(.invalidUser)
        }
        let account = try accounts.beginAuthentication(of: request.peer)
        lastSerial &+= 1
        open[lastSerial] = account
        waiting.append(
            Bus.AuthenticationRequest(
                kind: kind, user: credentials.user, password: credentials.password, peer: request.peer.id,
                serial: lastSerial))
        request.peer.authentication = PendingAuthentication(
            serial: lastSerial, kind: kind, user: credentials.user, id: request.id.map { Array($0) })
    }

    /// How many requests have no result yet.
    var openCount: Int { open.count }

    /// Whether there are requests that the shell has not taken yet.
    var hasRequests: Bool { !waiting.isEmpty }

    /// Takes them, in order.
    func takeRequests() -> ContiguousArray<Bus.AuthenticationRequest> {
        defer { waiting = [] }
        return waiting
    }

    // MARK: Results

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - peer: The peer that is called `request.peer` now; it may be another one than that of the request.
    ///   - limits: The limits that are configured for the user.
    /// - Returns: Whether the messages of the peer that have waited are to be handled now.
    func answer(
        _ request: Bus.AuthenticationRequest, with result: Bus.AuthenticationResult, limits: Quotas.Limits,
        of peer: Peer?
    ) -> Bool {
        guard close(request.serial), let peer, let pending = peer.authentication, pending.serial == request.serial
        else { return false }
        peer.authentication = nil
        guard !peer.output.isClosing else { return false }
        if case .granted(let groups) = result, pending.kind == .authentication {
            peer.groups = groups
            peer.user = pending.user
            let name = AccountName(peer.credentials, user: pending.user)
            if name != peer.account.name, !peer.isProbe { accounts.move(peer, to: name, limits) }
        }
        respond(to: peer, pending, response(to: pending, result))
        return true
    }

    /// Notes that a request is not worked on any more.
    ///
    /// - Returns: Whether it was.
    private func close(_ serial: UInt64) -> Bool {
        guard let account = open.removeValue(forKey: serial) else { return false }
        accounts.endAuthentication(of: account)
        return true
    }

    private func respond(
        to peer: Peer, _ pending: PendingAuthentication, _ response: Result<[UInt8], ErrorObject>
    ) {
        pending.id?.withUnsafeBytes { id in
            switch response {
            case .success(let result): result.withUnsafeBytes { delivery.respond(to: peer, id: id, result: $0) }
            case .failure(let error): delivery.respond(to: peer, id: id, error: error)
            }
        }
    }

    private func response(
        to pending: PendingAuthentication, _ result: Bus.AuthenticationResult
    ) -> Result<[UInt8], ErrorObject> {
        switch (result, pending.kind) {
        case (.granted(let groups), .authentication): .success(groups.json.text)
        case (.changed, .passwordChange): .success(Array("true".utf8))
        case (.unknownUser, _): .failure(Self.refusal(.invalidUser))
        case (.wrongPassword, _): .failure(Self.refusal(.invalidPassword))
        case (.forbidden, _): .failure(Self.noAccess(pending.user))
        case (.limitExceeded(let max), _): .failure(.limitExceeded(.authentications, max: max))
        case (.failed(let reason), _): .failure(.internalError(reason))
        case (.granted, .passwordChange), (.changed, .authentication):
            .failure(.internalError("the result is of another kind than the request"))
        }
    }

    /// Drops the request of a peer that is disconnected. A request that the shell has taken counts until it is answered,
    /// because until then the shell works on it.
    ///
    /// - Returns: What was dropped; `nil` if there was no request.
    @discardableResult
    func cancel(of peer: Peer) -> PendingAuthentication? {
        guard let pending = peer.authentication else { return nil }
        peer.authentication = nil
        if let index = waiting.firstIndex(where: { $0.serial == pending.serial }) {
            waiting.remove(at: index)
            _ = close(pending.serial)
        }
        return pending
    }

    /// Fails the request of a peer, because the daemon stops.
    ///
    /// - Returns: Whether there was one.
    func fail(of peer: Peer) -> Bool {
        guard let pending = cancel(of: peer) else { return false }
        respond(to: peer, pending, .failure(.daemonStopping(Array("true".utf8))))
        delivery.closeIfServed(peer)
        return true
    }

    // MARK: Errors

    private static func refusal(_ key: ErrorKey) -> ErrorObject { .invalidParams(key, Array("true".utf8)) }

    /// The error for a password that the peer's user may not change. It names the user in the place of a path.
    private static func noAccess(_ user: String) -> ErrorObject { .invalidParams(.noAccess, JSON.string(user).text) }
}

/// The params `user` and `password`.
private struct NamedPassword {
    let user: String
    let password: Secret

    /// There are no users with longer names, in bytes.
    static var longestName: Int { 1024 }
    /// crypt(3) accepts no password of this many bytes. A longer one is cut, and refused like a whole one.
    private static var longestPassword: Int { 512 }

    init(of request: borrowing Request) throws(ErrorObject) {
        let user = try request.requiredString("user")
        let password = try request.requiredString("password")
        let text = request.text.bytes
        self.user = user.string(in: text)
        guard password.hasEscapes else {
            let bytes = request.bytes(password.content)
            self.password = Secret(UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.longestPassword)))
            return
        }
        var decoded = password.decoded(in: text)
        if decoded.count > Self.longestPassword { decoded.removeLast(decoded.count - Self.longestPassword) }
        self.password = Secret(moving: &decoded)
    }
}
