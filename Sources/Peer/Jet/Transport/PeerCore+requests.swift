import JSONText
import JetProtocol

/// Waiting for answers.
extension PeerCore {
    /// Waits for the text of an answer, for as long as its deadline and the waiting task let it. `start` sends the
    /// request under this id, and says who waits.
    func awaitAnswer(
        _ start: (Int, @escaping Reply) throws(JetError) -> Void
    ) async throws(JetError) -> [UInt8] {
        guard !Task.isCancelled else { throw .cancelled }
        let id = newID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<[UInt8], JetError>, Never>) in
                do throws(JetError) {
                    try start(id) { continuation.resume(returning: $0) }
                } catch {
                    continuation.resume(returning: .failure(error))
                    return
                }
                // A cancellation that came before there was anything to cancel.
                if Task.isCancelled { cancel(id) }
            }
        } onCancel: {
            cancel(id)
        }
        return try result.get()
    }

    /// When a request that the daemon answers itself has waited long enough.
    func deadline() -> Duration { now + configuration.requestTimeout.bounded }

    private func cancel(_ id: Int) {
        if let action = submit({ session in session.cancel(id) }) { perform(action) }
    }

    /// Sends any request and waits for the text of its answer. If it is open-ended, the daemon decides how long another
    /// peer may take, and here is only watched that the daemon is alive.
    func request(
        _ method: MethodName, params: [UInt8]?, timeout: Duration, isOpenEnded: Bool = false
    ) async throws(JetError) -> [UInt8] {
        try await awaitAnswer { id, reply throws(JetError) in
            let deadline = now + timeout.bounded
            try submit { session throws(JetError) in
                try session.request(
                    id, method, params: params, deadline: deadline, isOpenEnded: isOpenEnded, reply: reply)
            }
        }
    }
}
