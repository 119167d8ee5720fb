import JetBus
import NIOCore

/// The bus's questions on their way to the examiner and back. They wait here, so that those of peers that have gone
/// meanwhile cost nothing.
extension Hub {
    /// Takes what the bus asks.
    func takeQuestions() {
        questions.append(contentsOf: bus.takeAuthenticationRequests())
        examineNext()
    }

    private func examineNext() {
        guard !isExamining else { return }
        while let question = questions.popFirst() {
            let now = NIODeadline.now().uptimeNanoseconds
            guard bus.isAwaited(question) else {
                bus.answer(question, with: .failed("nobody waits"), at: now)
                continue
            }
            isExamining = true
            examiner.examine(question, of: label(of: question.peer), on: eventLoop).assumeIsolated().whenComplete {
                result in
                self.isExamining = false
                // It fails only when the daemon ends.
                guard case .success(let verdict) = result else { return }
                self.conclude(question, verdict)
                self.examineNext()
            }
            return
        }
    }

    private func conclude(_ question: Bus.AuthenticationRequest, _ verdict: Bus.AuthenticationResult) {
        let isAwaited = bus.isAwaited(question)
        bus.answer(question, with: verdict, at: NIODeadline.now().uptimeNanoseconds)
        if isAwaited { connection(of: question.peer)?.continueReading(question.peer) }
        scheduleTurnEnd()
    }
}
