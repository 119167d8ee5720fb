internal import Dispatch

/// *Calls a handler when a descriptor is ready*, or at a given time: for C libraries that do their own input and output
/// on a descriptor (sd-bus) and tell their caller what they wait for. No thread is blocked.
///
/// The handler is called on a queue of the watch's own, never twice at a time. A watch is not thread-safe: its
/// owner guards it with a lock.
public final class DescriptorWatch {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "descriptor watch")
    private let handler: @Sendable () -> Void
    private let reading: any DispatchSourceRead
    private let timer: any DispatchSourceTimer
    private var writing: (any DispatchSourceWrite)?

    /// Begins to call `handler` whenever there is something to read.
    ///
    /// `descriptor` must stay open as long as `handler` is retained: it is released, some time after `cancel`, when the
    /// descriptor is not used any more. So an object that the handler retains may close the descriptor when it is
    /// deinitialized.
    public init(_ descriptor: Int32, handler: @escaping @Sendable () -> Void) {
        self.descriptor = descriptor
        self.handler = handler
        reading = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        timer = DispatchSource.makeTimerSource(queue: queue)
        reading.setEventHandler(handler: handler)
        reading.setCancelHandler { withExtendedLifetime(handler) {} }
        timer.setEventHandler(handler: handler)
        timer.schedule(deadline: .distantFuture)
        reading.activate()
        timer.activate()
    }

    /// Sets whether to call the handler, once, when there is room to write.
    public func setWriting(_ isWanted: Bool) {
        if isWanted == (writing != nil) { return }
        guard isWanted else {
            writing?.cancel()
            writing = nil
            return
        }
        let handler = handler
        let source = DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler(handler: handler)
        source.setCancelHandler { withExtendedLifetime(handler) {} }
        source.activate()
        writing = source
    }

    /// Sets when to call the handler in any case: in nanoseconds of CLOCK_MONOTONIC; `nil` for never.
    public func setAlarm(_ time: UInt64?) {
        timer.schedule(deadline: time.map { DispatchTime(uptimeNanoseconds: max(1, $0)) } ?? .distantFuture)
    }

    /// Stops calling the handler, and releases it.
    public func cancel() {
        reading.cancel()
        timer.cancel()
        writing?.cancel()
        writing = nil
    }
}
