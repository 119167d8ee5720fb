import Digests
import JSONText
import JetProtocol

/// `authenticate`, `passwd`, and the methods about keys and pairing (jet-protocol(7) §2, §6 and §8): keeps the requests until
/// the shell takes them and answers.
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
    private let ownUserID: UInt32?
    private var lastSerial: UInt64 = 0
    /// The requests that the shell has not taken yet.
    private var waiting: ContiguousArray<Bus.AuthenticationRequest> = []
    /// The serials of all requests that have no result yet, and the accounts that are charged for them.
    private var open: [UInt64: Account] = [:]

    init(_ delivery: Delivery, _ accounts: AccountTable, _ configuration: Bus.Configuration) {
        self.delivery = delivery
        self.accounts = accounts
        hasUsers = configuration.hasUsers
        ownUserID = configuration.ownUserID
    }

    // MARK: Requests

    func authenticate(_ request: borrowing Request) throws(ErrorObject) {
        if let key = request.optional("key") { return try authenticate(request, byKey: key) }
        try checkIsPrivate(request)
        let credentials = try NamedPassword(of: request)
        try checkFetchesNothing(request)
        try begin(.authentication, credentials, request)
    }

    private func authenticate(_ request: borrowing Request, byKey flag: ByteRange) throws(ErrorObject) {
        guard flag.of(request.text.bytes).elementsEqual("true") else { throw .wrongType("key", got: request.params) }
        try checkFetchesNothing(request)
        try checkHasUsers()
        try begin(.keyAuthentication(try key(of: request)), request)
    }

    func passwd(_ request: borrowing Request) throws(ErrorObject) {
        try checkIsPrivate(request)
        let credentials = try NamedPassword(of: request)
        try checkHasUsers()
        guard let user = request.peer.user else { throw Self.noAccess(credentials.user) }
        try begin(.passwordChange(by: user), credentials, request)
    }

    func offerPairing(_ request: borrowing Request) throws(ErrorObject) {
        // The result has a code that gives access.
        try checkIsPrivate(request)
        let terms = try Bus.PairingTerms(of: request)
        try checkHasUsers()
        try begin(.pairingOffer(terms), request)
    }

    func pair(_ request: borrowing Request) throws(ErrorObject) {
        let text = try request.requiredText("code")
        let title = try request.requiredName("title")
        try checkFetchesNothing(request)
        try checkHasUsers()
        let key = try key(of: request)
        // What cannot be a code cannot be a guess.
        guard let code = PairingCode(parsing: text) else { throw .invalidCode(.wrong) }
        try begin(.pairing(code, title: title, key: key), request)
    }

    func keys(_ request: borrowing Request) throws(ErrorObject) {
        try checkHasUsers()
        try begin(.keyList, request)
    }

    func removeKey(_ request: borrowing Request) throws(ErrorObject) {
        let text = try request.requiredText("fingerprint")
        guard let key = Fingerprint(parsing: text) else { throw .wrongType("fingerprint", got: request.params) }
        try checkHasUsers()
        try begin(.keyRemoval(key), request)
    }

    /// Begins with a request about a password.
    private func begin(
        _ kind: Bus.AuthenticationRequest.Kind, _ credentials: NamedPassword, _ request: borrowing Request
    ) throws(ErrorObject) {
        try checkHasUsers()
        guard credentials.user.utf8.count <= NamedPassword.longestName else { throw .refusal(.invalidUser) }
        try begin(kind, request, user: credentials.user, credentials.password)
    }

    private func begin(
        _ kind: Bus.AuthenticationRequest.Kind, _ request: borrowing Request, user: String = "",
        _ password: Secret = .empty
    ) throws(ErrorObject) {
        let peer = request.peer
        let account = try accounts.beginAuthentication(of: peer)
        lastSerial &+= 1
        open[lastSerial] = account
        let asker = Bus.Asker(
            account: account.name, credentials: peer.credentials, user: peer.user, groups: peer.groups,
            isAdministrator: peer.isAdministrator(ownUserID))
        waiting.append(
            Bus.AuthenticationRequest(
                kind: kind, user: user, password: password, asker: asker, peer: peer.id, serial: lastSerial))
        peer.authentication = PendingAuthentication(
            serial: lastSerial, kind: kind, user: user, id: request.id.map { Array($0) })
    }

    // MARK: Checks

    /// Checks that no other machine on the way can read what the peer sends and receives.
    private func checkIsPrivate(_ request: borrowing Request) throws(ErrorObject) {
        guard request.peer.credentials.channel != .unencrypted else { throw .unencrypted }
    }

    /// Checks that the rights of fetches would not change.
    private func checkFetchesNothing(_ request: borrowing Request) throws(ErrorObject) {
        guard request.peer.fetchers.isEmpty else { throw .refusal(.alreadyFetching) }
    }

    private func checkHasUsers() throws(ErrorObject) { guard hasUsers else { throw .refusal(.invalidUser) } }

    /// The key that the peer has shown.
    private func key(of request: borrowing Request) throws(ErrorObject) -> Fingerprint {
        guard let key = request.peer.credentials.keyFingerprint else { throw .invalidKey }
        return key
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
        switch (result, pending.kind) {
        case (.granted(let groups), .authentication): logIn(peer, as: pending.user, groups, limits)
        case (.recognized(let user, let groups), .keyAuthentication): logIn(peer, as: user, groups, limits)
        case (.paired(let user, let groups), .pairing): logIn(peer, as: user, groups, limits)
        default: break
        }
        respond(to: peer, pending, response(to: pending, result))
        return true
    }

    private func logIn(_ peer: Peer, as user: String, _ groups: Groups, _ limits: Quotas.Limits) {
        peer.permission = .all
        peer.groups = groups
        peer.user = user
        let name = AccountName(peer.credentials, user: user)
        if name != peer.account.name, !peer.isProbe { accounts.move(peer, to: name, limits) }
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
        case (.granted(let groups), .authentication), (.recognized(_, let groups), .keyAuthentication):
            .success(groups.json.text)
        case (.paired(let user, let groups), .pairing(_, _, let key)):
            .success(Self.pairing(of: key, with: user, groups).text)
        case (.answered(let json), .pairingOffer), (.answered(let json), .keyList), (.answered(let json), .keyRemoval):
            .success(json.text)
        case (.changed, .passwordChange): .success(Array("true".utf8))
        case (.unknownUser, _): .failure(.refusal(.invalidUser))
        case (.wrongPassword, _): .failure(.refusal(.invalidPassword))
        case (.forbidden, let kind): .failure(Self.noAccess(kind.method?.rawValue ?? pending.user))
        case (.limitExceeded(let max), _): .failure(.limitExceeded(.authentications, max: max))
        case (.refused(let error), _): .failure(error)
        case (.failed(let reason), _): .failure(.internalError(reason))
        case (.granted, _), (.recognized, _), (.paired, _), (.answered, _), (.changed, _):
            .failure(.internalError("the result is of another kind than the request"))
        }
    }

    /// The result of `pair`.
    private static func pairing(of key: Fingerprint, with user: String, _ groups: Groups) -> JSON {
        ["user": .string(user), "groups": groups.callerJSON, "fingerprint": .string("\(key)")]
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

    /// The error for what the peer may not do. It names the user whose password it would change, or the method, in the
    /// place of a path.
    private static func noAccess(_ name: String) -> ErrorObject { .invalidParams(.noAccess, JSON.string(name).text) }
}

extension Bus.AuthenticationRequest.Kind {
    /// The method that the error `noAccess` names; `nil` where it names the user.
    fileprivate var method: MethodName? {
        switch self {
        case .authentication, .passwordChange: nil
        case .keyAuthentication: .authenticate
        case .pairingOffer: .offerPairing
        case .pairing: .pair
        case .keyList: .keys
        case .keyRemoval: .removeKey
        }
    }
}
