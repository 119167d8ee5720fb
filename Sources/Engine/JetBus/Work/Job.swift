import JetProtocol

/// A request that may take longer than a slice: it is continued in later turns. Until it is done, the messages of its peer
/// wait, so that a peer's requests are carried out and answered in order.
protocol Job: AnyObject {
    /// Continues until the job is done or the slice is exhausted. A job that is done has answered.
    ///
    /// - Returns: Whether it is done.
    /// - Throws: Why the request is refused.
    func proceed(_ slice: inout Slice) throws(ErrorObject) -> Bool
    /// The table of elements was packed.
    func relocate(_ move: ElementTable.Move)
    /// The peer is disconnected, or the request was refused: the job does not go on.
    func cancel()
}

/// A peer's job that is not done.
struct PendingJob {
    let job: any Job
    /// The id to answer under if it is refused; `nil` for a notification.
    let id: [UInt8]?
    /// The work so far.
    var work: Int
}

/// Starts jobs and continues them, as far as the account of their peer goes.
final class Jobs {
    private let scheduler: Scheduler
    private let workLimit: Int

    init(_ scheduler: Scheduler, workLimit: Int) {
        self.scheduler = scheduler
        self.workLimit = workLimit
    }

    /// Carries out a request, at once if it does not take long.
    ///
    /// - Parameter id: The id to answer under if it is refused later; `nil` if it is answered already. Then the peer is
    ///   closed.
    func start(_ job: any Job, of peer: Peer, id: UnsafeRawBufferPointer?) throws(ErrorObject) {
        var slice = scheduler.slice(for: peer)
        let isDone = try proceed(job, of: peer, &slice)
        guard !isDone else { return }
        peer.job = PendingJob(job: job, id: id.map { Array($0) }, work: slice.used)
        scheduler.enqueue(peer)
    }

    /// Continues the job of a peer.
    ///
    /// - Throws: Why it is refused; then there is no job any more.
    func proceed(_ peer: Peer) throws(ErrorObject) {
        guard var pending = peer.job else { return }
        var slice = scheduler.slice(for: peer)
        do throws(ErrorObject) {
            let isDone = try proceed(pending.job, of: peer, &slice)
            pending.work += slice.used
            guard isDone || pending.work <= workLimit else { throw .limitExceeded(.work, max: workLimit) }
            peer.job = isDone ? nil : pending
        } catch {
            pending.job.cancel()
            peer.job = nil
            throw error
        }
    }

    private func proceed(_ job: any Job, of peer: Peer, _ slice: inout Slice) throws(ErrorObject) -> Bool {
        defer { scheduler.charge(peer, slice.used) }
        return try job.proceed(&slice)
    }
}
