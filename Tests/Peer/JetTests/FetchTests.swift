import Jet
import Testing

@Suite("Fetching", .timeLimit(.minutes(1)))
struct FetchTests {
    /// The next events in words, such as `add a 1`.
    private func next<Value>(_ count: Int, of fetcher: Fetcher<Value>) async throws -> [String] {
        var words: [String] = []
        for try await event in fetcher {
            words.append("\(event.kind) \(event.path)" + (event.value.map { " \($0)" } ?? ""))
            if words.count == count { break }
        }
        return words
    }

    @Test("what is there comes first, then what happens, in order")
    func order() async throws {
        try await withPeers { provider, user in
            let a = try await provider.addState("a", 1)
            try await provider.addState("other", 1)
            try await provider.addMethod("a method") { 1 }
            let fetcher = try await user.fetch(.path(startsWith: "a"), as: Int.self)
            #expect(fetcher.isFetching)
            #expect(Set(try await next(2, of: fetcher)) == ["add a 1", "add a method"])
            try a.change(2)
            try a.change(2)
            try await a.remove()
            try await a.add(3)
            #expect(try await next(4, of: fetcher) == ["change a 2", "change a 2", "remove a 2", "add a 3"])
        }
    }

    @Test("events carry whether the element is read-only, and what its owner says about it")
    func details() async throws {
        try await withPeers { provider, user in
            let meta = Metadata(title: "Fan", unit: "rpm", datatype: .integer, format: "0:5000:1")
            try await provider.addState("a", 1, options: ElementOptions(meta: meta))
            try await provider.addState("b", 1) { _ in .accept }
            var iterator = try await user.fetch(.path("a"), as: Int.self).makeAsyncIterator()
            let event = try #require(try await iterator.next())
            #expect(event.isFetchOnly)
            #expect(event.meta == meta)
            let entries = try await user.get(.everything, as: Int.self)
            #expect(entries.first { $0.path == "a" }?.meta == meta)
            #expect(entries.first { $0.path == "b" }?.isFetchOnly == false)
            #expect(entries.first { $0.path == "b" }?.meta == nil)
        }
    }

    @Test("unfetch ends the sequence; fetching again tells everything anew")
    func again() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 1)
            let fetcher = try await user.fetch(.everything, as: Int.self)
            #expect(try await next(1, of: fetcher) == ["add a 1"])
            try state.change(2)
            try await provider.echo(true)
            try await fetcher.unfetch()
            #expect(!fetcher.isFetching)
            var rest: [Int?] = []
            for try await event in fetcher { rest.append(event.value) }
            #expect(rest == [2] || rest == [], "what had come, then the end")
            try await fetcher.unfetch()

            try state.change(3)
            try await provider.echo(true)
            try await fetcher.fetch()
            try await fetcher.fetch()
            #expect(fetcher.isFetching)
            #expect(try await next(1, of: fetcher) == ["add a 3"])
            try state.change(4)
            #expect(try await next(1, of: fetcher) == ["change a 4"])
        }
    }

    @Test("a loop that waits ends when somebody else unfetches, closes, or cancels")
    func ends() async throws {
        try await withPeers { _, user in
            func loop() async throws -> Fetcher<JSON> { try await user.fetch(.everything) }
            let (first, second, third) = (try await loop(), try await loop(), try await loop())
            func consume(_ fetcher: Fetcher<JSON>) -> Task<Int, any Error> {
                Task {
                    var count = 0
                    for try await _ in fetcher { count += 1 }
                    return count
                }
            }
            let tasks = [first, second, third].map(consume)
            try await first.unfetch()
            #expect(try await tasks[0].value == 0)
            tasks[1].cancel()
            #expect(await #expect(throws: JetError.self) { try await tasks[1].value }?.code == .cancelled)
            await user.close()
            #expect(try await tasks[2].value == 0)
            #expect(!third.isFetching)
        }
    }

    @Test("a Fetcher that nobody keeps unfetches by itself")
    func dropped() async throws {
        try await withDaemonStatistics { endpoint, statistics in
            let user = try await Peer.connect(to: endpoint)
            var fetcher: Fetcher<JSON>? = try await user.fetch(.everything)
            #expect(try await statistics().fetchers == 1)
            #expect(fetcher?.isFetching == true)
            fetcher = nil
            try await eventually("the daemon has no fetchers") { try await statistics().fetchers == 0 }
            await user.close()
        }
    }

    @Test("an element of another type costs only itself")
    func otherTypes() async throws {
        try await withPeers { provider, user in
            try await provider.addState("1 number", 1)
            try await provider.addState("2 text", "x")
            var values: [String: Int] = [:]
            var failures: [String: JetError.Code] = [:]
            for try await event in try await user.fetch(.everything, as: Int.self) {
                values[event.path] = event.value
                failures[event.path] = event.failure?.code
                if values.count + failures.count == 2 { break }
            }
            #expect(values == ["1 number": 1])
            #expect(failures == ["2 text": .decoding])
            let entries = try await user.get(.path("2 text"), as: Int.self)
            #expect(entries.first?.failure?.code == .decoding)
        }
    }

    @Test("the rules for what is wanted most")
    func rules() async throws {
        try await withPeers { provider, user in
            for path in ["net/eth0/state", "net/lo/state", "NET/x", "os"] { try await provider.addState(path, 1) }
            func paths(_ rule: FetchRule) async throws -> Set<String> { Set(try await user.get(rule).map(\.path)) }
            #expect(try await paths(.everything).count == 4)
            #expect(try await paths(.path("os")) == ["os"])
            #expect(try await paths(.paths(["os", "NET/x", "nothing"])) == ["os", "NET/x"])
            #expect(
                try await paths(.path(startsWith: "net/", endsWith: "/state")) == ["net/eth0/state", "net/lo/state"])
            #expect(try await paths(.path(contains: "net", caseInsensitive: true)).count == 3)
        }
    }

    @Test("by value and by field, and with get in order; a fetch of single elements has none")
    func values() async throws {
        try await withPeers { provider, user in
            for (path, value) in [("a", 3), ("b", 1), ("c", 2)] { try await provider.addState(path, ["n": value]) }
            let rule = try FetchRule(parsing: [
                "valueField": ["n": ["lessThan": 3]], "sort": ["byValueField": ["n": "number"]],
            ])
            #expect(try await user.get(rule).map(\.path) == ["b", "c"])
            let error = await #expect(throws: JetError.self) { _ = try await user.fetch(rule) as Fetcher<JSON> }
            #expect(error?.code == .invalidParams)

            let small = try FetchRule(parsing: ["valueField": ["n": ["lessThan": 2]]])
            let fetcher = try await user.fetch(small)
            #expect(try await next(1, of: fetcher) == [#"add b {"n":1}"#])
        }
    }

    @Test("a consumer that is slow delays neither answers nor other consumers")
    func slowConsumer() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 0)
            let idle = try await user.fetch(.everything, as: Int.self)
            let newest = try await user.fetch(.everything, as: Int.self, buffering: .newest)
            let busy = try await user.fetch(.everything, as: Int.self)
            for value in 1...1000 { try state.change(value) }
            for try await event in busy where event.value == 1000 { break }
            #expect(try await user.echo("here") == "here")
            #expect(try await next(1, of: newest) == ["add a 1000"], "of what waits, the newest")
            #expect(try await next(2, of: idle) == ["add a 0", "change a 1"], "all of it waits")
        }
    }

    @Test("50,000 changes of one peer reach another one: all of them, in order")
    func many() async throws {
        try await withPeers { provider, user in
            let count = 50_000
            let state = try await provider.addState("a", 0)
            let fetcher = try await user.fetch(.path("a"), as: Int.self)
            for value in 1...count { try state.change(value) }
            var expected = 0
            for try await event in fetcher {
                guard event.value == expected else {
                    Issue.record("after \(expected - 1) came \(event.value ?? -1)")
                    break
                }
                if expected == count { break }
                expected += 1
            }
            #expect(expected == count)
        }
    }
}
