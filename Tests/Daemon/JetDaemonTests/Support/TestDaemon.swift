import Glibc
import JetBus
import JetDaemon
import JetProtocol
import Logging
import Testing

/// A daemon that runs for one test: at a unix socket in a new folder and at free ports of the loopback.
struct TestDaemon: Sendable {
    let daemon: Daemon
    let folder: String
    let unix: Endpoint
    let tcp: Endpoint
    let webSocket: Endpoint

    /// What the bus has done and holds. Waits for the daemon's loop.
    func statistics() throws -> Bus.Statistics { try block { try await daemon.statistics() } }

    /// Waits until the statistics are as they should be.
    ///
    /// - Throws: `RawPeer.Failure.deadline` if they never are.
    func wait(until isReached: (Bus.Statistics) -> Bool) throws {
        try eventually { isReached(try statistics()) }
    }

    /// The daemon goes on serving whoever comes.
    func expectService() throws { try JetDaemonTests.expectService(at: unix) }
}

/// A new peer asks for an echo and gets it.
func expectService(at endpoint: Endpoint) throws {
    let peer = try RawPeer(endpoint)
    let answer = try peer.ask(#"{"id":"new","method":"echo","params":[1]}"#)
    #expect(answer == #"{"id":"new","result":[1]}"#)
}

/// Waits until `condition` holds.
///
/// - Throws: `RawPeer.Failure.deadline` if it never does.
func eventually(within seconds: Int = 30, _ condition: () throws -> Bool) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try !condition() {
        guard ContinuousClock.now < end else { throw RawPeer.Failure.deadline }
        usleep(2000)
    }
}

/// Runs a daemon for as long as `body` takes, which may block: it has a thread of its own.
func withDaemon<Result: Sendable>(
    _ adjust: (inout DaemonConfiguration) -> Void = { _ in }, logger: Logger = .silent,
    _ body: @escaping @Sendable (TestDaemon) throws -> Result
) async throws -> Result {
    try await withFolder { folder in
        var configuration = DaemonConfiguration(listeners: [
            .init(.unix(path: "\(folder)/jet.sock")), .init(.tcp(host: "127.0.0.1", port: 0)),
            .init(.webSocket(host: "127.0.0.1", port: 0)),
        ])
        // However long a test takes, what it hears is what it asked for.
        configuration.pingInterval = 0
        configuration.bus.name = "test"
        configuration.bus.version = "1.0"
        adjust(&configuration)
        let daemon = Daemon(configuration: configuration, logger: logger)
        let endpoints = try await daemon.start()
        let running = TestDaemon(
            daemon: daemon, folder: folder, unix: endpoints[0], tcp: endpoints[1], webSocket: endpoints[2])
        do {
            let result = try await onOwnThread { try body(running) }
            await daemon.stop()
            return result
        } catch {
            await daemon.stop()
            throw error
        }
    }
}

/// Runs a daemon that has to serve others whatever happens to it: one who is there all the time, and one who comes
/// afterwards.
func withWitness(
    _ adjust: (inout DaemonConfiguration) -> Void = { _ in }, _ body: @escaping @Sendable (TestDaemon) throws -> Void
) async throws {
    try await withDaemon(adjust) { daemon in
        let witness = try RawPeer(daemon.unix)
        _ = try witness.ask(#"{"id":0,"method":"echo"}"#)
        try body(daemon)
        let answer = try witness.ask(#"{"id":"still","method":"echo"}"#)
        #expect(answer == #"{"id":"still","result":true}"#)
        try daemon.expectService()
    }
}

/// Makes a new folder for as long as `body` runs. Its path is short, as those of sockets must be.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    var template = Array("/tmp/jet-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw RawPeer.Failure.system(errno) }
    let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer { removeFolder(folder) }
    return try await body(folder)
}

/// Removes a folder and what is in it. Links are removed, not followed.
func removeFolder(_ path: String) {
    if let folder = opendir(path) {
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            if unlink("\(path)/\(name)") != 0 { removeFolder("\(path)/\(name)") }
        }
        closedir(folder)
    }
    rmdir(path)
}

extension Logger {
    /// A logger that says nothing.
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
