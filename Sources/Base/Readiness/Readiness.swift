internal import Dispatch

/// *Waiting for a descriptor* in async code: netlink sockets and libudev's monitors are not streams, so NIO's channels
/// do not fit them, and a blocked thread for each would be a waste.
public enum Readiness {
    /// Waits until `descriptor` has something to read, or an error, or the task is cancelled. No thread is
    /// blocked.
    ///
    /// The descriptor must stay open meanwhile.
    public static func read(of descriptor: Int32) async {
        // Sources may be cancelled from any thread (dispatch_source_cancel(3)); its module does not declare that yet.
        nonisolated(unsafe) let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A source is used once. The task waits for its end, whatever the reason: after that, the descriptor is
                // not used any more.
                source.setEventHandler { source.cancel() }
                source.setCancelHandler { continuation.resume() }
                source.activate()
            }
        } onCancel: {
            source.cancel()
        }
    }
}
