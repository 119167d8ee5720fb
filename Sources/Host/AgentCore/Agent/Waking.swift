internal import Logging

/// Asks a polled provider at once when its source tells that something happened.
struct Waking: Sendable {
    /// Whom to listen to.
    let provider: any WakingProvider
    /// Who asks it.
    let poller: Poller
    /// What rests are measured by.
    let clock: any Clock<Duration>
    /// Where trouble is told.
    let logger: Logger

    /// After having been asked, a provider has this long a rest: devices come in crowds, and one look at all of them is
    /// enough.
    static let rest = Duration.milliseconds(100)
    /// So long a source that ended rests before it is listened to again.
    static let restartDelay = Duration.seconds(5)

    /// Listens until the task is cancelled. Without a source, the provider is still polled.
    func run() async {
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await withTaskGroup { group in
            group.addTask { await listen { wake.yield() } }
            for await _ in wakes {
                await poller.askNow(provider.name)
                try? await clock.sleep(for: Self.rest)
            }
            group.cancelAll()
        }
    }

    /// Calls `wake` as the provider does, and listens anew when its source has ended.
    func listen(_ wake: @escaping @Sendable () -> Void) async {
        let faults = FaultLog(logger, verb: "watched")
        while !Task.isCancelled {
            do {
                try await provider.watch {
                    faults.worked(provider.name)
                    wake()
                }
            } catch {
                if Task.isCancelled { return }
                faults.failed(provider.name, error)
            }
            try? await clock.sleep(for: Self.restartDelay)
        }
    }
}
