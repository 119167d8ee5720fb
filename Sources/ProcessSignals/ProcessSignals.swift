// Its sources may be used from anywhere, which it does not say.
@preconcurrency internal import Dispatch
internal import Glibc

/// *Signals* to this process, for a task to wait for.
///
///     let endSignals = await ProcessSignals(SIGTERM, SIGINT)
///     for await _ in endSignals { break }
///
/// From its making on they do no more what they do by default. It is for one reader, and ends with the reader's task.
public struct ProcessSignals: AsyncSequence, Sendable {
    private let numbers: [Int32]
    private let arrivals: AsyncStream<Int32>

    /// Catches these signals. When it returns, none of them can be missed; until then they do what they do by default.
    ///
    /// - Parameter numbers: Those of signal(7). Signals that come while nobody has read the last one are one with it.
    public init(_ numbers: Int32...) async {
        self.numbers = numbers
        let (arrivals, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
        self.arrivals = arrivals
        let sources = numbers.map { DispatchSource.makeSignalSource(signal: $0) }
        // With the reader they end, so they cannot be what keeps the stream.
        continuation.onTermination = { _ in for source in sources { source.cancel() } }
        for (number, source) in zip(numbers, sources) {
            source.setEventHandler { continuation.yield(number) }
            await withCheckedContinuation { isCaught in
                source.setRegistrationHandler { isCaught.resume() }
                source.resume()
            }
        }
    }

    /// Reads the numbers of the signals as they come.
    public func makeAsyncIterator() -> AsyncStream<Int32>.AsyncIterator { arrivals.makeAsyncIterator() }

    /// Has them do again what they do by default.
    public func release() { for number in numbers { signal(number, SIG_DFL) } }
}
