import JetBus
import JetProtocol
import NIOCore

/// Requests to authenticate, on their way from the bus to the authenticator and back. They wait in a `LoginQueue`, so that
/// those of peers that have disconnected meanwhile cost nothing, and none waits for the wrong passwords of others.
extension Hub {
    /// Takes the requests from the bus.
    func enqueueAuthentications() {
        for request in bus.takeAuthenticationRequests() { enqueue(request) }
        checkNext()
    }

    private func enqueue(_ request: Bus.AuthenticationRequest) {
        let source = connection(of: request.peer).map { "\($0.identity.account)" } ?? ""
        let user: String
        switch request.kind {
        case .authentication:
            guard authenticator.exists(request.user) else { return refuseUnknown(request) }
            user = request.user
        case .passwordChange(let asker): user = asker
        case .keyAuthentication, .pairingOffer, .pairing, .keyList, .keyRemoval: user = ""
        }
        guard !logins.add(request, .init(source: source, user: user)) else { return }
        finish(request, .limitExceeded(max: LoginQueue<Bus.AuthenticationRequest>.waitingLimit))
    }

    /// Answers that there is no such user, after about the time that a check takes: without a check, so that names that do
    /// not exist delay no other check.
    private func refuseUnknown(_ request: Bus.AuthenticationRequest) {
        authenticator.noteUnknownUser(request, label(of: request.peer))
        let delay = TimeAmount.nanoseconds(Int64(clamping: authenticator.checkTime))
        eventLoop.assumeIsolated().scheduleTask(in: delay) {
            if case .closing = self.stage { return }
            self.finish(request, .unknownUser)
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
                self.logins.finish(isRight: result.isRight, at: NIODeadline.now().uptimeNanoseconds)
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
        bus.answer(
            request, with: result, limits: accounts.entry(forLogin: request.user).limits,
            at: NIODeadline.now().uptimeNanoseconds)
        if isAwaited { connection(of: request.peer)?.continueReading(request.peer) }
        scheduleTurnEnd()
    }
}

extension Bus.AuthenticationResult {
    /// Whether the password was right; `nil` if that was not found out, or it was a change of a password.
    fileprivate var isRight: Bool? {
        switch self {
        case .granted, .recognized, .paired: true
        case .wrongPassword, .unknownUser: false
        case .changed, .answered, .forbidden, .limitExceeded, .refused, .failed: nil
        }
    }
}
