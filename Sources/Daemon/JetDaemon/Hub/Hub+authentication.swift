import JetBus
import JetProtocol
import NIOCore

/// Requests about users, on their way from the bus to the authenticator and back. What takes long waits in a `LoginQueue`, so
/// that requests of peers that have disconnected meanwhile cost nothing, and none waits for the wrong passwords of others.
extension Hub {
    /// Takes the requests from the bus.
    func enqueueAuthentications() {
        for request in bus.takeAuthenticationRequests() { enqueue(request) }
        checkNext()
    }

    private func enqueue(_ request: Bus.AuthenticationRequest) {
        let source = identity(of: request.peer).map { "\($0.account)" } ?? ""
        let user: String
        switch request.kind {
        case .authentication:
            guard authenticator.exists(request.user) else { return refuseUnknown(request) }
            user = request.user
        case .passwordChange(let asker): user = asker
        // All codes of an account wait for each other. No user has this name.
        case .pairing: user = ""
        case .keyRemoval: user = request.asker.user ?? ""
        case .keyAuthentication: return finish(request, keyLogin(of: request.peer))
        case .pairingOffer(let terms):
            return finish(request, authenticator.offer(terms, request.asker, label(of: request.peer)))
        case .keyList:
            return finish(request, authenticator.keys(for: request.asker, connections: bus.connectionsByKey))
        }
        guard !logins.add(request, .init(source: source, user: user)) else { return }
        finish(request, .limitExceeded(max: LoginQueue<Bus.AuthenticationRequest>.waitingLimit))
    }

    /// Looks up whose key a connection has shown.
    private func keyLogin(of peer: PeerID) -> Bus.AuthenticationResult {
        guard let login = identity(of: peer).flatMap({ login(of: $0) }) else { return .refused(.invalidKey) }
        noteLogin(login, of: peer)
        return .recognized(user: login.user, groups: login.groups)
    }

    /// Answers that there is no such user, after about the time that a check takes: without a check, so that names that do
    /// not exist delay no other check.
    private func refuseUnknown(_ request: Bus.AuthenticationRequest) {
        authenticator.noteUnknownUser(request, label(of: request.peer))
        let delay = TimeAmount.nanoseconds(Int64(clamping: authenticator.checkTime))
        // Other machines do not learn which users there are.
        let isLocal = identity(of: request.peer)?.credentials.channel == .local
        eventLoop.assumeIsolated().scheduleTask(in: delay) {
            if case .closing = self.stage { return }
            self.finish(request, isLocal ? .unknownUser : .wrongPassword)
        }
    }

    private func checkNext() {
        loginTimer?.cancel()
        loginTimer = nil
        let now = NIODeadline.now().uptimeNanoseconds
        while let request = logins.next(at: now) {
            guard bus.isAwaited(request) else {
                logins.finish(isRight: nil, at: now)
                bus.answer(request, with: .failed("the peer has disconnected"), at: now)
                continue
            }
            authenticator.check(request, of: label(of: request.peer), on: eventLoop).assumeIsolated().whenComplete {
                result in
                // It fails only when the daemon stops.
                guard case .success(let result) = result else { return }
                self.logins.finish(isRight: result.isRight(for: request.kind), at: NIODeadline.now().uptimeNanoseconds)
                self.finish(request, result)
                self.checkNext()
            }
            return
        }
        guard let time = logins.nextTime(at: now) else { return }
        loginTimer = eventLoop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(time)) { self.checkNext() }
    }

    private func finish(_ request: Bus.AuthenticationRequest, _ result: Bus.AuthenticationResult) {
        let isAwaited = bus.isAwaited(request)
        var user = request.user
        switch result {
        case .recognized(let name, _): user = name
        case .paired(let name, _):
            user = name
            if isAwaited { connection(of: request.peer)?.provenUser = name }
        default: break
        }
        bus.answer(
            request, with: result, limits: accounts.entry(forLogin: user).limits,
            at: NIODeadline.now().uptimeNanoseconds)
        // The answer is before the error that tells a peer that its own key was removed.
        if result.changesUsers(by: request.kind) { closeInvalidLogins() }
        if isAwaited { connection(of: request.peer)?.continueReading(request.peer) }
        scheduleTurnEnd()
    }
}

extension Bus.AuthenticationResult {
    /// Whether the password or the code was right; `nil` if that was not found out, or it was another request.
    fileprivate func isRight(for kind: Bus.AuthenticationRequest.Kind) -> Bool? {
        switch self {
        case .granted, .recognized, .paired: true
        case .wrongPassword, .unknownUser: false
        case .refused: if case .pairing = kind { false } else { nil }
        case .changed, .answered, .forbidden, .limitExceeded, .failed: nil
        }
    }

    /// Whether the users file may have other users and keys than before.
    fileprivate func changesUsers(by kind: Bus.AuthenticationRequest.Kind) -> Bool {
        switch (self, kind) {
        case (.changed, _), (.paired, _), (.answered, .keyRemoval): true
        default: false
        }
    }
}
