import JetProtocol
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Jet

/// Connections that break while the daemon lives on.
@Suite("Reconnecting", .timeLimit(.minutes(1)))
struct ReconnectTests {
    private var eager: Peer.Configuration {
        var configuration = Peer.Configuration.patient
        configuration.reconnect = .always(first: .milliseconds(1), longest: .milliseconds(10))
        return configuration
    }

    /// Breaks a peer's connection from below, and waits until there is a new one.
    private func breakConnection(of peer: Peer) async throws {
        var events = peer.connectionEvents.makeAsyncIterator()
        let channel = peer.core.state.withLock(\.channel)
        channel?.close(promise: nil)
        while let event = await events.next() {
            if case .connected = event { return }
        }
    }

    @Test("a listener that loses its connection hears only what really changed, however much there is")
    func listener() async throws {
        try await withDaemon { endpoint in
            // Four times what the daemon tells in one go.
            let provider = try await Peer.connect(to: endpoint, configuration: .patient)
            let user = try await Peer.connect(to: endpoint, configuration: eager)
            var states: [State<String>] = []
            let long = String(repeating: "x", count: 1000)
            for number in 0..<2000 { states.append(try await provider.addState("\(number)", long)) }
            let fetcher = try await user.fetch(.everything, as: String.self)
            var events = fetcher.makeAsyncIterator()
            for _ in states { #expect(try await events.next()?.kind == .add) }

            for round in 0..<5 {
                try await breakConnection(of: user)
                try states[round].change("round \(round)")
                let event = try await events.next()
                #expect(event?.path == "\(round)")
                #expect(event?.value == "round \(round)")
                #expect(event?.kind == .change)
            }
            await user.close()
            await provider.close()
        }
    }

    @Test("an owner that loses its connection is back with all it had, though the daemon may still know the old one")
    func owner() async throws {
        try await withDaemon { endpoint in
            let provider = try await Peer.connect(to: endpoint, configuration: eager)
            let user = try await Peer.connect(to: endpoint, configuration: .patient)
            let state = try await provider.addState("a", 0) { _ in .accept }
            for round in 1...20 {
                try await breakConnection(of: provider)
                try state.change(round)
                try await eventually("the State is back with its value") {
                    try await user.get(.path("a"), as: Int.self).first?.value == round
                }
                try await user.set("a", to: -round)
                #expect(state.value == -round)
            }
            await user.close()
            await provider.close()
        }
    }

    @Test("whatever breaks when, listeners end with the truth: 30 seeded rounds")
    func chaos() async throws {
        var generator = SeededGenerator(seed: 21)
        try await withDaemon { endpoint in
            let provider = try await Peer.connect(to: endpoint, configuration: eager)
            let user = try await Peer.connect(to: endpoint, configuration: eager)
            var states: [State<Int>] = []
            for number in 0..<50 { states.append(try await provider.addState("\(number)", 0)) }
            let fetcher = try await user.fetch(.everything, as: Int.self, buffering: .newest)
            let known = Mutex<[String: Int]>([:])
            let listener = Task {
                for try await event in fetcher {
                    known.withLock { $0[event.path] = event.kind == .remove ? nil : event.value }
                }
            }
            for round in 1...30 {
                for _ in 0..<20 {
                    let state = states[Int.random(in: 0..<50, using: &generator)]
                    if !state.isAdded {
                        // It may just be without a connection: then it stays away.
                        try? await state.add(round)
                    } else if Int.random(in: 0..<5, using: &generator) == 0 {
                        try? await state.remove()
                    } else {
                        try? state.change(round)
                    }
                    switch Int.random(in: 0..<40, using: &generator) {
                    case 0: provider.core.state.withLock(\.channel)?.close(promise: nil)
                    case 1: user.core.state.withLock(\.channel)?.close(promise: nil)
                    default: break
                    }
                }
                let truth = Dictionary(
                    uniqueKeysWithValues: states.filter(\.isAdded).map { ($0.path, $0.value) })
                try await eventually("the listener knows the truth") { known.withLock { $0 } == truth }
            }
            listener.cancel()
            await user.close()
            await provider.close()
        }
    }
}
