import JetBus
import NIOCore

/// Requests to authenticate, on their way from the bus to the authenticator and back. They wait here, so that those of
/// peers that have disconnected meanwhile cost nothing.
extension Hub {
    /// Takes the requests from the bus.
    func enqueueAuthentications() {
        authenticationQueue.append(contentsOf: bus.takeAuthenticationRequests())
        checkNext()
    }

    private func checkNext() {
        guard !isCheckingPassword else { return }
        while let request = authenticationQueue.popFirst() {
            let now = NIODeadline.now().uptimeNanoseconds
            guard bus.isAwaited(request) else {
                bus.answer(request, with: .failed("the peer has disconnected"), at: now)
                continue
            }
            isCheckingPassword = true
            authenticator.check(request, of: label(of: request.peer), on: eventLoop).assumeIsolated().whenComplete {
                result in
                self.isCheckingPassword = false
                // It fails only when the daemon stops.
                guard case .success(let result) = result else { return }
                self.finish(request, result)
                self.checkNext()
            }
            return
        }
    }

    private func finish(_ request: Bus.AuthenticationRequest, _ result: Bus.AuthenticationResult) {
        let isAwaited = bus.isAwaited(request)
        bus.answer(request, with: result, at: NIODeadline.now().uptimeNanoseconds)
        if isAwaited { connection(of: request.peer)?.continueReading(request.peer) }
        scheduleTurnEnd()
    }
}
