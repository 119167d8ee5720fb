import Dispatch
import Glibc
import JetBus
import JetDaemon
import JetProtocol
import Logging

/// A daemon within this process, at a unix socket and two ports of the loopback.
struct TestDaemon: Sendable {
    let daemon: Daemon
    let unix: Endpoint
    let tcp: Endpoint
    let webSocket: Endpoint

    /// Waits until the daemon holds nothing of anybody.
    func isEmpty() async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            let statistics = try await daemon.statistics()
            if statistics.elements == 0, statistics.fetchers == 0, statistics.peers == 0 { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }
}

/// Runs a daemon for as long as `body` takes.
func withDaemon<Result>(_ body: (TestDaemon) async throws -> Result) async throws -> Result {
    let path = socketPath()
    var configuration = DaemonConfiguration(listeners: [
        .init(.unix(path: path)), .init(.tcp(host: "127.0.0.1", port: 0)),
        .init(.webSocket(host: "127.0.0.1", port: 0)),
    ])
    configuration.bus.seed = 7
    let daemon = Daemon(
        configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let endpoints = try await daemon.start()
    do {
        let result = try await body(
            TestDaemon(daemon: daemon, unix: endpoints[0], tcp: endpoints[1], webSocket: endpoints[2]))
        await daemon.stop()
        return result
    } catch {
        await daemon.stop()
        throw error
    }
}

/// A path for a socket that nobody else has; it is short, as it must be.
func socketPath() -> String { "/tmp/jet-bench-test-\(String(UInt64.random(in: 0 ... .max), radix: 36)).sock" }

/// Runs something that blocks on a thread of its own.
func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "test").async { continuation.resume(with: Swift.Result { try body() }) }
    }
}
