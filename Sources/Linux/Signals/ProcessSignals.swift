internal import CLinux
internal import Dispatch
internal import Glibc

/// *Signals* to this process, for a task to wait for.
///
///     let endSignals = ProcessSignals(SIGTERM, SIGINT)
///     for await _ in endSignals { break }
///
/// From its making on they do no more what they do by default, and none is lost: a handler writes each into a pipe, which
/// keeps it until it is read. A dispatch source for the signal itself would begin when its thread comes to it, which on a
/// busy machine is after the service manager was told of readiness and has asked for the end again. It is for one reader.
public struct ProcessSignals: AsyncSequence, Sendable {
    private let numbers: [Int32]
    private let arrivals: AsyncStream<Int32>

    /// Catches these signals.
    ///
    /// - Parameter numbers: Those of signal(7). Signals that come while nobody has read the last one are one with it.
    public init(_ numbers: Int32...) {
        self.numbers = numbers
        let (arrivals, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
        self.arrivals = arrivals
        var ends: [Int32] = [-1, -1]
        // Without descriptors nothing else works either: then they do what they do by default.
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
        // The pipe stays for as long as the process: so it is never closed, and its number never another file's, under
        // the handler.
        _ = Unmanaged.passRetained(source as AnyObject)
    }

    /// Reads the numbers of the signals as they come.
    public func makeAsyncIterator() -> AsyncStream<Int32>.AsyncIterator { arrivals.makeAsyncIterator() }

    /// Has them do again what they do by default.
    public func release() { for number in numbers { signal(number, SIG_DFL) } }
}
