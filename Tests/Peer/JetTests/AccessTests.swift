import Glibc
import JetBus
import JetDaemon
import JetProtocol
import JetUsers
import NIOCore
import Synchronization
import Logging
import Testing

@testable import Jet

/// A peer that is a user of the daemon.
@Suite("Users", .timeLimit(.minutes(1)))
struct AccessTests {
    /// A daemon with the user `john`, whose password is `secret`, and whose group is `johns`; and a State for that group.
    private func withUsers(_ body: (Endpoint) async throws -> Void) async throws {
        let path = socketPath()
        let file = UserFile(path + ".users")
        defer { unlink(file.path) }
        let hash = try Crypt.hash(Secret("secret"), by: Crypt.Method(prefix: "$5$", cost: 1000))
        let groups: Set = ["johns"]
        try file.update(creating: true) {
            $0["john"] = User(hash: hash, groups: Groups(fetch: groups, set: groups, call: groups))
        }
        var configuration = DaemonConfiguration(listeners: [.init(.unix(path: path))])
        configuration.users = file.path
        let daemon = Daemon(
            configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let endpoints = try await daemon.start()
        do {
            let provider = try await Peer.connect(to: endpoints[0], configuration: .patient)
            try await provider.addState("open", 1)
            try await provider.addState("secret", 1, options: ElementOptions(access: Access(fetchGroups: ["johns"])))
            try await body(endpoints[0])
            await provider.close()
        } catch {
            await daemon.stop()
            throw error
        }
        await daemon.stop()
    }

    private func paths(_ peer: Peer) async throws -> [String] { try await peer.get(.everything).map(\.path).sorted() }

    @Test("authenticate tells the groups, and what they let a peer see is there")
    func authenticate() async throws {
        try await withUsers { endpoint in
            let peer = try await Peer.connect(to: endpoint, configuration: .patient)
            #expect(try await paths(peer) == ["open"])
            let error = await #expect(throws: JetError.self) {
                try await peer.authenticate(Peer.Credentials(user: "john", password: "wrong"))
            }
            #expect(error?.refusal == .invalidPassword)
            let groups = try await peer.authenticate(Peer.Credentials(user: "john", password: "secret"))
            #expect(groups == Groups(fetch: ["johns"], set: ["johns"], call: ["johns"]))
            #expect(try await paths(peer) == ["open", "secret"])
            await peer.close()
        }
    }

    @Test("credentials count from the first moment; with wrong ones there is no peer")
    func configured() async throws {
        try await withUsers { endpoint in
            var configuration = Peer.Configuration.patient
            configuration.credentials = Peer.Credentials(user: "john", password: "secret")
            let peer = try await Peer.connect(to: endpoint, configuration: configuration)
            #expect(try await paths(peer) == ["open", "secret"])
            await peer.close()
            configuration.credentials = Peer.Credentials(user: "jim", password: "secret")
            let error = await #expect(throws: JetError.self) {
                try await Peer.connect(to: endpoint, configuration: configuration)
            }
            #expect(error?.refusal == .invalidUser)
        }
    }

    @Test("after a reconnect a peer is who it was, also with a new password, and its fetches see what they saw")
    func reconnect() async throws {
        try await withUsers { endpoint in
            var configuration = Peer.Configuration.patient
            configuration.credentials = Peer.Credentials(user: "john", password: "secret")
            configuration.reconnect = .always(first: .milliseconds(1), longest: .milliseconds(10))
            let peer = try await Peer.connect(to: endpoint, configuration: configuration)
            try await peer.setPassword(of: "john", to: "new secret")
            let fetcher = try await peer.fetch(.everything)
            var events = fetcher.makeAsyncIterator()
            for _ in 0..<2 { #expect(try await events.next()?.kind == .add) }
            var connections = peer.connectionEvents.makeAsyncIterator()
            for _ in 0..<3 {
                peer.core.state.withLock(\.channel)?.close(promise: nil)
                while let event = await connections.next() {
                    if case .connected = event { break }
                }
                #expect(try await paths(peer) == ["open", "secret"])
            }
            let last = try await peer.addState("last", 1)
            let event = try await events.next()
            #expect(event?.path == last.path, "nothing was removed meanwhile")
            await peer.close()
        }
    }

    @Test("credentials do not print their password")
    func unprinted() {
        var text = ""
        dump(Peer.Credentials(user: "john", password: "secret"), to: &text)
        #expect(!(text + "\(Peer.Credentials(user: "john", password: "secret"))").contains("secret"))
    }
}
