internal import CLinux
internal import Dispatch
internal import Glibc

/// *Signals* to this process, for a task to wait for.
///
///     let endSignals = ProcessSignals(SIGTERM, SIGINT)
///     for await _ in endSignals { break }
///
/// From its creation on the signals have no longer their default effect, and none is lost: a handler writes each into a
/// pipe, which keeps it until it is read. A dispatch source for the signal itself would begin only when its thread
/// runs, which on a busy machine can be after the service has reported that it is ready and systemd has asked it to
/// stop again. It is for one reader.
public struct ProcessSignals: AsyncSequence, Sendable {
    private let numbers: [Int32]
    private let arrivals: AsyncStream<Int32>

    /// Catches these signals.
    ///
    /// - Parameter numbers: The signals, signal(7). Signals that arrive before the last one was read are merged with
    ///   it.
    public init(_ numbers: Int32...) {
        self.numbers = numbers
        let (arrivals, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
        self.arrivals = arrivals
        var ends: [Int32] = [-1, -1]
        // Without descriptors nothing else works either: then the signals keep their default effect.
        guard pipe(&ends) == 0 else { return }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        let reading = ends[0]
        let source = DispatchSource.makeReadSource(fileDescriptor: reading, queue: .global())
        source.setEventHandler {
            var number: UInt8 = 0
            while read(reading, &number, 1) == 1 { continuation.yield(Int32(number)) }
        }
        source.activate()
        for number in numbers { linux_catch_signal(number, ends[1]) }
        // The pipe stays open as long as the process runs, so that the handler never writes to another file that has
        // got the number of its descriptor.
        _ = Unmanaged.passRetained(source as AnyObject)
    }

    /// Reads the numbers of the signals as they arrive.
    public func makeAsyncIterator() -> AsyncStream<Int32>.AsyncIterator { arrivals.makeAsyncIterator() }

    /// Restores the default effect of the signals.
    public func release() { for number in numbers { signal(number, SIG_DFL) } }
}
