import DocumentedEvents
import JSONText
import JetBus
import JetDaemon
import JetProtocol
import JetUsers
import Logging
import Synchronization
import TestSupport
import Testing

/// What the daemon logs of its peers: who it was, no more than somebody can read, and no secrets.
@Suite("The daemon's log", .timeLimit(.minutes(5)))
struct LogTests {
    /// Keeps what is logged at any level.
    final class Log: Sendable {
        struct Entry: Sendable {
            let level: Logger.Level
            let message: String
            let metadata: [String: String]
        }

        let entries = Mutex<[Entry]>([])

        var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

        func all(_ event: DaemonEvent) -> [Entry] {
            entries.withLock { $0.filter { $0.metadata[messageIDKey] == event.rawValue } }
        }

        /// All that is in it.
        var text: String {
            entries.withLock { $0.map { "\($0.level) \($0.message) \($0.metadata)" }.joined(separator: "\n") }
        }

        private struct Handler: LogHandler {
            let log: Log
            var metadata: Logger.Metadata = [:]
            var logLevel = Logger.Level.trace

            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }

            func log(event: Logging.LogEvent) {
                let all = metadata.merging(event.metadata ?? [:]) { $1 }
                log.entries.withLock {
                    $0.append(
                        Entry(
                            level: event.level, message: event.message.description,
                            metadata: all.mapValues(\.description)))
                }
            }
        }
    }

    private func withLog(
        _ body: @escaping @Sendable (TestDaemon, Log) throws -> Void
    ) async throws -> Log {
        let log = Log()
        try await withFolder { folder in
            let users = try TestUsers(in: folder)
            try await withDaemon({ $0.users = users.file.path }, logger: log.logger) { try body($0, log) }
        }
        return log
    }

    @Test("it says that it serves, where, and that it has stopped")
    func life() async throws {
        let log = try await withLog { _, _ in }
        #expect(log.all(.serving).count == 1)
        #expect(log.all(.serving).first?.metadata["endpoints"]?.hasPrefix("unix:/") == true)
        #expect(log.all(.stopped).count == 1)
    }

    @Test("of a wrong password it says whose, and who gave it")
    func wrongPassword() async throws {
        let log = try await withLog { daemon, _ in
            let local = try RawPeer(daemon.unix)
            _ = try local.ask(#"{"id":1,"method":"config","params":{"name":"panel"}}"#)
            #expect(try !local.authenticate("john", "wrong"))
            let remote = try RawPeer(daemon.tcp)
            #expect(try !remote.authenticate("john", "wrong"))
        }
        let entries = log.all(.wrongPassword).map(\.metadata)
        #expect(entries.count == 2)
        #expect(entries.first?["user"] == "john")
        #expect(entries.first?["name"] == "panel")
        #expect(entries.first?["uid"] != nil)
        #expect(entries.last?["address"]?.hasPrefix("127.0.0.1:") == true)
    }

    @Test("a peer that is closed for what it says is named")
    func unreadable() async throws {
        let log = try await withLog { daemon, log in
            let peer = try RawPeer(daemon.unix)
            for _ in 1...16 { try peer.say("no json") }
            try eventually { !log.all(.peerUnreadable).isEmpty }
        }
        #expect(log.all(.peerUnreadable).first?.metadata["count"] == "16")
        #expect(log.all(.peerUnreadable).first?.metadata["uid"] != nil)
    }

    @Test("a peer that comes again and again with wrong messages cannot flood the log")
    func flood() async throws {
        let log = try await withLog { daemon, _ in
            for _ in 0..<200 {
                let peer = try RawPeer(daemon.tcp)
                try peer.write([0xFF, 0xFF, 0xFF, 0xFF])
                _ = try peer.hear()
            }
        }
        #expect((1...20).contains(log.all(.messageTooLong).count), "\(log.all(.messageTooLong).count)")
    }

    @Test("no password and no value is in it, at any level")
    func secrets() async throws {
        let log = try await withLog { daemon, _ in
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(#"{"id":1,"method":"add","params":{"path":"wifi/key","value":"sesame-0"}}"#)
            let peer = try RawPeer(daemon.tcp)
            #expect(try !peer.authenticate("john", "sesame-1"))
            #expect(try !peer.authenticate("no\nbody", "sesame-3"))
            #expect(try peer.authenticate("john", "john's"))
            _ = try peer.ask(AuthenticationTests.request("passwd", "john", "sesame-4"))
            #expect(try peer.authenticate("john", "sesame-4"))
            _ = try peer.ask(AuthenticationTests.request("passwd", "sesame-5", "sesame-6"))
            try peer.say(#"{"id":9,"method":"set","params":{"path":"wifi/key","value":"sesame-7"}}"#)
            _ = try owner.hear()
            try owner.say(#"{"method":"change","params":{"path":"wifi/key","value":"sesame-8"}}"#)
            _ = try owner.ask(#"{"id":2,"method":"echo"}"#)
            for _ in 1...16 { try peer.say("sesame-9") }
            try peer.hearEnd()
        }
        // The name of an unknown user is in it, since an administrator wants to know what was tried.
        #expect(log.all(.unknownUser).map { $0.metadata["user"] } == ["no\u{FFFD}body"])
        #expect(log.all(.passwordChanged).count == 1)
        #expect(log.all(.authenticated).count == 2)
        #expect(!log.text.contains("sesame"))
        #expect(!log.text.contains("john's"))
    }
}
