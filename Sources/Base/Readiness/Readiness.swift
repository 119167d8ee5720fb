internal import Dispatch

/// *Waiting for a descriptor* in async code: netlink sockets and libudev's monitors are no streams, so that NIO's
/// channels do not fit them, and blocking a thread for each would be a waste.
public enum Readiness {
    /// Waits until `descriptor` has something to read (or an error to tell), or the task is cancelled. No thread waits
    /// with it.
    ///
    /// The descriptor must stay open meanwhile.
    public static func read(of descriptor: Int32) async {
        // Sources may be cancelled from any thread (dispatch_source_cancel(3)); the module does not say so yet.
        nonisolated(unsafe) let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A source is for one time only: its end, whatever brought it about, is what is waited for, and after
                // it nobody looks at the descriptor any more.
                source.setEventHandler { source.cancel() }
                source.setCancelHandler { continuation.resume() }
                source.activate()
            }
        } onCancel: {
            source.cancel()
        }
    }
}
