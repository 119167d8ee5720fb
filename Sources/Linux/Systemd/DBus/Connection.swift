internal import CSystemd
internal import Glibc
internal import Readiness
internal import Synchronization

/// *One connection to a bus*, from its opening to its loss: a `Conversation` behind a lock, and the watch that has it
/// continue when the socket is ready.
///
/// libsystemd's objects may be used by any thread, but by one at a time. Nothing blocks while the lock is held.
final class Connection: Sendable {
    private struct Shared: ~Copyable {
        var conversation: Conversation
        var watch: DescriptorWatch?

        /// Sets what the watch waits for now.
        mutating func settle() {
            if conversation.end != nil {
                watch?.cancel()
                watch = nil
            } else {
                watch?.setWriting(conversation.wantsToWrite)
                watch?.setAlarm(conversation.alarm)
            }
        }
    }

    private let shared: Mutex<Shared>

    /// Opens a connection. The authentication follows later: messages wait for it.
    ///
    /// - Parameter address: Where the bus is; `nil` for the system bus.
    init(address: String?) throws(DBusError) {
        let conversation = try Conversation.open(address)
        let descriptor = try DBusError.check(sd_bus_get_fd(conversation.bus), of: "sd_bus_get_fd(3)")
        shared = Mutex(Shared(conversation: conversation, watch: nil))
        // The watch retains the connection, so that its descriptor stays open, until it is cancelled at the end.
        shared.withLock { shared in
            shared.watch = DescriptorWatch(descriptor) { self.turn() }
            shared.settle()
        }
    }

    /// Whether it can still be used.
    var isOpen: Bool { shared.withLock { $0.conversation.end == nil } }

    /// Ends it.
    func close() {
        update { conversation in
            var outcome = Conversation.Outcome()
            conversation.finish(.disconnected, &outcome)
            return outcome
        }
    }

    /// Calls a method and waits for the reply.
    func call(_ call: MethodCall) async throws(DBusError) -> [DBusValue] {
        let ticket = shared.withLock { $0.conversation.ticket() }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                update { conversation in
                    // A task that is cancelled later finds the call here: the handler takes the same lock.
                    if Task.isCancelled {
                        return Conversation.Outcome(answers: [(continuation, .failure(.cancelled))])
                    }
                    return conversation.send(call, ticket: ticket, now: Self.now, continuation)
                }
            }
        } onCancel: {
            update { $0.cancel(ticket: ticket) }
        }
        return try answer.get()
    }

    /// Listens for signals.
    func signals(_ match: SignalMatch) async throws(DBusError) -> SignalSequence {
        let (sequence, continuation) = SignalSequence.make()
        let begun = shared.withLock { shared -> Result<UInt64, DBusError> in
            let ticket = shared.conversation.ticket()
            do throws(DBusError) {
                try shared.conversation.listen(match, ticket: ticket, now: Self.now, continuation)
            } catch {
                return .failure(error)
            }
            shared.settle()
            return .success(ticket)
        }
        let ticket = try begun.get()
        continuation.onTermination = { [weak self] _ in
            self?.update { conversation in
                conversation.unlisten(ticket: ticket, now: Self.now)
                return Conversation.Outcome()
            }
        }
        _ = try await call(Conversation.rule("AddMatch", match))
        return sequence
    }

    private func turn() { update { $0.turn(now: Self.now) } }

    private func update(_ body: (inout Conversation) -> Conversation.Outcome) {
        let outcome = shared.withLock { shared in
            let outcome = body(&shared.conversation)
            shared.settle()
            return outcome
        }
        outcome.carryOut()
    }

    /// The clock of sd-bus's timeouts: CLOCK_MONOTONIC, in nanoseconds.
    private static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }
}
