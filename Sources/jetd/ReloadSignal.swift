import Dispatch
import Glibc

/// The signal that asks the daemon to read its files anew: SIGHUP, by custom, which `systemctl reload` can be made to send.
struct ReloadSignal: ~Copyable {
    private let source: any DispatchSourceSignal
    /// An element for each time. Some that come together may count as one.
    let arrivals: AsyncStream<Void>

    /// From now on this signal ends nothing.
    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        arrivals = stream
        signal(SIGHUP, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGHUP)
        source.setEventHandler { continuation.yield() }
        source.resume()
    }

    deinit { source.cancel() }
}
