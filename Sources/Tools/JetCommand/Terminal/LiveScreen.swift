import Glibc
import Jet
import JSONText
import Signals
import Synchronization

/// The living side of `jet watch --table`: feeds a `LiveTable` from a fetch and draws it, at most ten times a second,
/// whenever something has changed or the terminal has another size.
struct LiveScreen {
    let peer: Peer
    let filter: ElementFilter
    let colored: Bool

    /// Draws until cancelled.
    ///
    /// - Throws: `Failure` when the connection ends.
    func run() async throws {
        let model = Model(title: "\(peer.endpoint)  Ctrl-C to exit")
        let resizes = ProcessSignals(SIGWINCH)
        try await Screen.whileShown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await feed(model) }
                group.addTask { await reportConnections(model) }
                group.addTask { for await _ in resizes { model.wake() } }
                group.addTask { try await draw(model) }
                while try await group.next() != nil {}
            }
        }
    }

    private func feed(_ model: Model) async throws {
        // Of what changes faster than it can be taken in, only the newest is of interest.
        try await peer.follow(filter, buffering: .newest) { event in
            // A Method has no value to show.
            guard let value = event.value else { return true }
            model.update { table, now in
                switch event.kind {
                case .add: table.add(event.path, value: value, unit: event.meta?.unit)
                case .change: table.change(event.path, to: value, at: now)
                case .remove: table.remove(event.path)
                }
            }
            return true
        }
    }

    private func reportConnections(_ model: Model) async {
        for await event in peer.connectionEvents {
            switch event {
            case .connected: model.title("\(peer.endpoint)  Ctrl-C to exit")
            case .disconnected: model.title("\(peer.endpoint)  not connected, retrying; Ctrl-C to exit")
            }
        }
    }

    private func draw(_ model: Model) async throws {
        for await _ in model.wakes {
            let (lines, isHighlighting) = model.lines(Terminal.size)
            try StandardOutput.write(Screen.frame(lines, colored: colored))
            try await Task.sleep(for: .milliseconds(100))
            if isHighlighting, colored { model.wake() }
        }
    }
}

extension LiveScreen {
    /// The table with its title, shared between those who feed it and the one who draws.
    final class Model: Sendable {
        private let state: Mutex<(table: LiveTable, title: String)>
        private let start = ContinuousClock.now
        /// Something is to be drawn. Wakes that come while drawing are one.
        let wakes: AsyncStream<Void>
        private let waker: AsyncStream<Void>.Continuation

        init(title: String) {
            state = Mutex((LiveTable(), title))
            (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
            wake()
        }

        /// Has it drawn soon.
        func wake() { waker.yield() }

        /// Changes the table; `change` receives the time.
        func update(_ change: (inout LiveTable, Duration) -> Void) {
            state.withLock { change(&$0.table, ContinuousClock.now - start) }
            wake()
        }

        /// Changes the title.
        func title(_ title: String) {
            state.withLock { $0.title = title }
            wake()
        }

        /// What to draw, and whether to draw again soon since something stands out.
        func lines(_ size: LiveTable.Size) -> ([StyledLine], isHighlighting: Bool) {
            state.withLock {
                let now = ContinuousClock.now - start
                return ($0.table.screen(size, title: $0.title, at: now), $0.table.isHighlighting(at: now))
            }
        }
    }
}
