internal import Dispatch

/// *Being called when a descriptor is ready*, or a moment has come: for C libraries that keep a conversation of their own
/// on a descriptor (sd-bus) and say what they wait for. No thread waits with them.
///
/// The handler is called on a queue of the watch's own, never twice at a time. A watch is not to be used from two
/// places at once; whoever it belongs to guards it with their own lock.
public final class DescriptorWatch {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "descriptor watch")
    private let handler: @Sendable () -> Void
    private let reading: any DispatchSourceRead
    private let timer: any DispatchSourceTimer
    private var writing: (any DispatchSourceWrite)?

    /// A watch that calls `handler` from now on whenever there is something to read.
    ///
    /// `descriptor` must stay open as long as `handler` is held: it is let go when nobody looks at the descriptor any
    /// more, some time after `cancel`. So what the handler holds is what may close it.
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

    /// Says whether to call, once, when there is room to write.
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

    /// Says when to call, whatever happens: at so many nanoseconds of CLOCK_MONOTONIC; `nil` for no such time.
    public func setAlarm(_ time: UInt64?) {
        timer.schedule(deadline: time.map { DispatchTime(uptimeNanoseconds: max(1, $0)) } ?? .distantFuture)
    }

    /// Calls no more and lets the handler go.
    public func cancel() {
        reading.cancel()
        timer.cancel()
        writing?.cancel()
        writing = nil
    }
}
