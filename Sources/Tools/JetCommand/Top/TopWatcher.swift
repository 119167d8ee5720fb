import JSONText
import Jet
import JetProtocol
import Synchronization

/// Looks at a daemon for `jet top`: counts the notifications of a fetch, and gets statistics, accounts and peers.
final class TopWatcher: Sendable {
    private let peer: Peer
    private let sections: Set<TopScreen.Section>
    private let sortKey: UsageKey
    private let most: Int
    private let state: Mutex<(traffic: Traffic, usage: Usage)>
    private let start = ContinuousClock.now

    init(peer: Peer, _ statistics: JSON, sections: Set<TopScreen.Section>, sortKey: UsageKey, most: Int) {
        self.peer = peer
        (self.sections, self.sortKey, self.most) = (sections, sortKey, most)
        let isLocal = if case .unix = peer.endpoint { true } else { false }
        state = Mutex((Traffic(statistics, at: .zero), Usage(names: isLocal ? .local : .none)))
    }

    /// Fails if there would be nothing to show.
    func checkAccess() async throws {
        guard !sections.contains(.states), case .failure(let absence) = try await usage() else { return }
        throw Failure(.refused, absence.sentence)
    }

    /// Counts changes until cancelled.
    func follow(_ filter: ElementFilter) async throws {
        // All changes must be counted, so none are conflated here. The snapshot does not count.
        try await peer.follow(filter, buffering: .all, begin: { _ = try await look() }) { event in
            state.withLock {
                $0.traffic.note(event.kind.rawValue, event.path, value: event.value, unit: event.meta?.unit)
            }
            return true
        }
    }

    /// What there is since the last look.
    func look() async throws -> TopScreen {
        let statistics = try await peer.info().statistics
        let report = sections == [.states] ? nil : try await usage()
        return state.withLock { state in
            let now = ContinuousClock.now - start
            var screen = TopScreen(
                traffic: state.traffic.read(statistics, at: now), sections: sections, sortKey: sortKey, most: most)
            switch report {
            case .success(let report): screen.usage = state.usage.read(report, at: now)
            case .failure(let absence): screen.absence = absence
            case nil: break
            }
            return screen
        }
    }

    /// Accounts and peers, or why they are not shown.
    private func usage() async throws -> Result<DaemonPeers, UsageAbsence> {
        do throws(JetError) {
            return .success(try await peer.peers())
        } catch {
            guard let absence = UsageAbsence(error) else { throw error }
            return .failure(absence)
        }
    }
}
