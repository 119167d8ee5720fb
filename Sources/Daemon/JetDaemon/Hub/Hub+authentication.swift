import JetBus
import NIOCore

/// Requests to authenticate, on their way from the bus to the authenticator and back. They wait here, so that those of
/// peers that have disconnected meanwhile cost nothing.
extension Hub {
    /// Takes the requests from the bus.
    func enqueueAuthentications() {
        authenticationQueue.append(contentsOf: bus.takeQuestions())
        checkNext()
    }

    private func checkNext() {
        guard !isCheckingPassword else { return }
        while let question = authenticationQueue.popFirst() {
            let now = NIODeadline.now().uptimeNanoseconds
            guard bus.isAwaited(question) else {
                bus.answer(question, with: .failed("the peer has disconnected"), at: now)
                continue
            }
            isCheckingPassword = true
            authenticator.check(question, of: label(of: question.peer), on: eventLoop).assumeIsolated().whenComplete {
                result in
                self.isCheckingPassword = false
                // It fails only when the daemon stops.
                guard case .success(let verdict) = result else { return }
                self.finish(question, verdict)
                self.checkNext()
            }
            return
        }
    }

    private func finish(_ question: Bus.Question, _ verdict: Bus.Verdict) {
        let isAwaited = bus.isAwaited(question)
        bus.answer(question, with: verdict, at: NIODeadline.now().uptimeNanoseconds)
        if isAwaited { connection(of: question.peer)?.continueReading(question.peer) }
        scheduleTurnEnd()
    }
}
