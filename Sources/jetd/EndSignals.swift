import Dispatch
import Glibc

/// The signals that ask the daemon to end: SIGTERM, as the service manager sends it (daemon(7)), and SIGINT, as Ctrl-C
/// does.
struct EndSignals: ~Copyable {
    private let sources: [any DispatchSourceSignal]
    private let stream: AsyncStream<Int32>

    /// From now on these signals end nothing by themselves.
    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.stream = stream
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }

    /// Waits for the first of them. A second one ends the process at once.
    func first() async {
        for await _ in stream { break }
        for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
    }

    deinit { for source in sources { source.cancel() } }
}
