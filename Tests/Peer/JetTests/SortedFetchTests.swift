import JetProtocol
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Jet

@Suite("Sorted fetching", .timeLimit(.minutes(1)))
struct SortedFetchTests {
    /// The best three numbers.
    private var best: FetchRule { .everything.sorted(by: .value(.number), descending: true, to: 3) }

    private func words(_ changes: SortedChanges<Int>?) -> String {
        guard let changes else { return "the end" }
        return (["n \(changes.count)"] + changes.entries.map { "\($0.index) \($0.path) \($0.value ?? -1)" })
            .joined(separator: ", ")
    }

    private func words(_ window: [SortedEntry<Int>]?) -> String {
        guard let window else { return "the end" }
        return window.map { "\($0.path) \($0.value ?? -1)" }.joined(separator: ", ")
    }

    @Test("changes and n: first the whole window, then what is different, and a shrink by n alone")
    func changes() async throws {
        try await withPeers { provider, user in
            let a = try await provider.addState("a", 1)
            let b = try await provider.addState("b", 2)
            let fetcher = try await user.fetchSorted(best, as: Int.self)
            var changes = fetcher.makeAsyncIterator()
            #expect(words(try await changes.next()) == "n 2, 1 b 2, 2 a 1")
            try a.change(3)
            #expect(words(try await changes.next()) == "n 2, 1 a 3, 2 b 2")
            try await b.remove()
            #expect(words(try await changes.next()) == "n 1")
            try await b.add(0)
            #expect(words(try await changes.next()) == "n 2, 2 b 0")
        }
    }

    @Test("the first event comes even if nothing is there")
    func empty() async throws {
        try await withPeers { provider, user in
            var changes = try await user.fetchSorted(best, as: Int.self).makeAsyncIterator()
            #expect(words(try await changes.next()) == "n 0")
            var windows = try await user.window(best, as: Int.self).makeAsyncIterator()
            #expect(words(try await windows.next()) == "")
        }
    }

    @Test("a window is kept: it comes whole, each time that it is different")
    func window() async throws {
        try await withPeers { provider, user in
            var states: [State<Int>] = []
            for (path, value) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] {
                states.append(try await provider.addState(path, value))
            }
            let fetcher = try await user.window(best, as: Int.self)
            var windows = fetcher.makeAsyncIterator()
            #expect(words(try await windows.next()) == "d 4, c 3, b 2")
            try states[0].change(9)
            #expect(words(try await windows.next()) == "a 9, d 4, c 3")
            #expect(words(fetcher.entries) == "a 9, d 4, c 3", "and can be looked at any time")
            #expect(fetcher.entries.map(\.index) == [1, 2, 3])
            #expect(fetcher.entries.map(\.isFetchOnly) == [true, true, true])
            try await states[3].remove()
            #expect(words(try await windows.next()) == "a 9, c 3, b 2")
        }
    }

    @Test("a window is moved, and keeps its place when it is fetched again; the total comes with it")
    func move() async throws {
        try await withPeers { provider, user in
            for (path, value) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] { try await provider.addState(path, value) }
            let fetcher = try await user.window(FetchRule.everything.sorted(to: 2).withTotal(), as: Int.self)
            var windows = fetcher.makeAsyncIterator()
            #expect(words(try await windows.next()) == "a 1, b 2")
            #expect(fetcher.total == 4)
            try await fetcher.move(from: 3, to: 4)
            #expect(words(try await windows.next()) == "c 3, d 4")
            #expect(fetcher.entries.map(\.index) == [3, 4])
            #expect(fetcher.rule.sort?.from == 3)
            try await provider.addState("e", 5)
            #expect(words(try await windows.next()) == "c 3, d 4", "the total is different")
            #expect(fetcher.total == 5)
            try await fetcher.unfetch()
            try await fetcher.move(from: 4, to: 9)
            try await fetcher.fetch()
            windows = fetcher.makeAsyncIterator()
            #expect(words(try await windows.next()) == "d 4, e 5")
            let error = await #expect(throws: JetError.self) { try await fetcher.move(from: 1, to: 100_000) }
            #expect(error?.refusal == .badRule(at: "to", reason: "the window of a fetch has at most 16384 places"))
            #expect(fetcher.rule.sort?.from == 4)
        }
    }

    @Test("changes of a sorted fetch have the total, if the rule asks for it")
    func total() async throws {
        try await withPeers { provider, user in
            try await provider.addState("a", 1)
            var with = try await user.fetchSorted(best.withTotal(), as: Int.self).makeAsyncIterator()
            var without = try await user.fetchSorted(best, as: Int.self).makeAsyncIterator()
            #expect(try await with.next()?.total == 1)
            #expect(try await without.next()?.total == nil)
        }
    }

    @Test("branches: the names one level below a prefix")
    func branches() async throws {
        try await withPeers { provider, user in
            for path in ["net/eth0/rx", "net/eth0/tx", "net"] { try await provider.addState(path, 1) }
            try await provider.addMethod("reboot") { true }
            let top = try await user.branches()
            #expect(top.total == 2)
            #expect(top.branches.map(\.name) == ["net", "reboot"])
            #expect(top.branches.map(\.elements) == [3, 1])
            #expect(top.branches.map(\.kind) == [.state, .method])
            #expect(top.branches.map(\.hasNextLevel) == [true, false])
            let below = try await user.branches("net/", to: 1)
            #expect(below.branches.map(\.path) == ["net/eth0/"])
            #expect(below.branches.map(\.kind) == [nil])
        }
    }

    @Test("unfetch, fetch again, isFetching: as with any fetcher")
    func again() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 1)
            let sorted = try await user.fetchSorted(best, as: Int.self)
            let window = try await user.window(best, as: Int.self)
            #expect(sorted.isFetching && window.isFetching)
            try await sorted.unfetch()
            try await window.unfetch()
            #expect(!sorted.isFetching && !window.isFetching)
            for try await _ in sorted {}
            for try await _ in window {}
            #expect(words(window.entries) == "a 1", "what was known stays to be looked at")
            try state.change(2)
            try await provider.echo(true)
            try await sorted.fetch()
            try await window.fetch()
            for try await changes in sorted {
                #expect(words(changes) == "n 1, 1 a 2")
                break
            }
            for try await entries in window {
                #expect(words(entries) == "a 2")
                break
            }
        }
    }

    @Test("a fetcher that nobody keeps unfetches by itself")
    func dropped() async throws {
        try await withDaemonStatistics { endpoint, statistics in
            let user = try await Peer.connect(to: endpoint, configuration: .patient)
            var fetcher: WindowFetcher<JSON>? = try await user.window(best)
            #expect(fetcher?.isFetching == true)
            #expect(try await statistics().fetchers == 1)
            fetcher = nil
            try await eventually("the daemon has no fetchers") { try await statistics().fetchers == 0 }
            await user.close()
        }
    }

    @Test("by field, a part further down, and values of another type")
    func more() async throws {
        try await withPeers { provider, user in
            for number in 1...9 { try await provider.addState("\(number)", ["score": number]) }
            let rule = try FetchRule.everything.sorted(byField: "score", .number, descending: true, from: 4, to: 5)
            let window = try await user.window(rule, as: [String: Int].self)
            for try await entries in window {
                #expect(entries.map { "\($0.index) \($0.value?["score"] ?? -1)" } == ["4 6", "5 5"])
                break
            }
            let wrong = try await user.window(rule, as: Int.self)
            for try await entries in wrong {
                #expect(entries.map { $0.failure?.code } == [.decoding, .decoding])
                break
            }
        }
    }

    @Test("a rule that does not sort is sorted by path; one that makes no sense is refused")
    func rules() async throws {
        try await withPeers { provider, user in
            for path in ["b", "a"] { try await provider.addState(path, 1) }
            for try await entries in try await user.window(.everything, as: Int.self) {
                #expect(words(entries) == "a 1, b 1")
                break
            }
            let error = await #expect(throws: JetError.self) {
                _ = try await user.window(.everything.sorted(from: 0)) as WindowFetcher<JSON>
            }
            #expect(error?.refusal == .badRule(at: "sort.from", reason: "must be a whole number from 1"))
            #expect(throws: JetError.self, "no field path") {
                try FetchRule.everything.sorted(byField: "a..b", .number)
            }
        }
    }

    @Test("a consumer that is slow finds one window waiting: the newest")
    func slow() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 0)
            let window = try await user.window(best, as: Int.self)
            let merged = try await user.fetchSorted(best, as: Int.self, buffering: .newest)
            for value in 1...1000 { try state.change(value) }
            try await eventually("the last change has come") { window.entries.first?.value == 1000 }
            for try await entries in window {
                #expect(words(entries) == "a 1000")
                break
            }
            try await eventually("and here") {
                for try await changes in merged where words(changes) == "n 1, 1 a 1000" { return true }
                return false
            }
        }
    }

    @Test("after a reconnect a window goes on with what is there then, and a sorted fetch with all of it")
    func reconnect() async throws {
        try await withDaemon { endpoint in
            var eager = Peer.Configuration.patient
            eager.reconnect = .always(first: .milliseconds(1), longest: .milliseconds(10))
            let provider = try await Peer.connect(to: endpoint, configuration: .patient)
            let user = try await Peer.connect(to: endpoint, configuration: eager)
            let state = try await provider.addState("a", 1)
            try await provider.addState("b", 5)
            let window = try await user.window(best, as: Int.self)
            var windows = window.makeAsyncIterator()
            var changes = try await user.fetchSorted(best, as: Int.self).makeAsyncIterator()
            #expect(words(try await windows.next()) == "b 5, a 1")
            #expect(words(try await changes.next()) == "n 2, 1 b 5, 2 a 1")
            for round in 10...14 {
                var events = user.connectionEvents.makeAsyncIterator()
                user.core.state.withLock(\.channel)?.close(promise: nil)
                while let event = await events.next() { if case .connected = event { break } }
                #expect(window.isFetching)
                #expect(
                    words(try await changes.next()) == "n 2, 1 \(round == 10 ? "b 5, 2 a 1" : "a \(round - 1), 2 b 5")")
                try state.change(round)
                #expect(words(try await windows.next()) == "a \(round), b 5", "the reconnect itself was no news")
                _ = try await changes.next()
            }
            await user.close()
            await provider.close()
        }
    }

    @Test(
        "the window that is kept equals what get says, whatever happens: 3,000 seeded steps",
        arguments: TestEnvironment.seeds([1]))
    func model(seed: UInt64) async throws {
        try await withPeers { provider, user in
            var generator = SeededGenerator(seed: seed)
            let rules: [FetchRule] = [
                .everything.sorted(by: .value(.number), from: 1, to: 5),
                .everything.sorted(by: .value(.number), descending: true, from: 3, to: 9),
                .everything.sorted(by: .value(.string), from: 2, to: 4),
                .path(startsWith: "1").sorted(descending: true, from: 1, to: 100),
            ]
            var windows: [WindowFetcher<JSON>] = []
            for rule in rules { windows.append(try await user.window(rule)) }
            var states: [State<JSON>] = []
            var removed: [State<JSON>] = []
            for step in 1...TestEnvironment.steps(3000) {
                // Few values, so that there are ties; of several types, so that elements come and go.
                let value: JSON =
                    Int.random(in: 0..<4, using: &generator) == 0
                    ? .string("\(Int.random(in: 0..<9, using: &generator))")
                    : .number(Int.random(in: 0..<9, using: &generator))
                switch Int.random(in: 0..<8, using: &generator) {
                case 0 where states.count < 30: states.append(try await provider.addState("\(step)", value))
                case 1 where !states.isEmpty:
                    let state = states.remove(at: Int.random(in: states.indices, using: &generator))
                    try await state.remove()
                    removed.append(state)
                case 2 where !removed.isEmpty:
                    let state = removed.remove(at: Int.random(in: removed.indices, using: &generator))
                    try await state.add(value)
                    states.append(state)
                default: try states.randomElement(using: &generator)?.change(value)
                }
                guard step % 10 == 0 else { continue }
                try await provider.echo(.null)
                for (rule, window) in zip(rules, windows) {
                    let truth = try await user.get(rule)
                    // The answer to get comes behind the window's own news.
                    #expect(window.entries.map(\.path) == truth.map(\.path), "seed \(seed), step \(step)")
                    #expect(window.entries.map(\.value) == truth.map(\.value), "seed \(seed), step \(step)")
                    let from = rule.sort?.from ?? 1
                    #expect(window.entries.map(\.index) == Array(from..<from + truth.count))
                }
            }
        }
    }
}
