import Jet
import Synchronization
import Testing

/// What the owner of a State can make of a set.
@Suite("Setting", .timeLimit(.minutes(1)))
struct SetTests {
    /// The values of a State as a fetcher hears them, up to `last`.
    private func heard(_ fetcher: Fetcher<Int>, until last: Int) async throws -> [Int] {
        var values: [Int] = []
        for try await event in fetcher {
            guard let value = event.value else { continue }
            values.append(value)
            if value == last { break }
        }
        return values
    }

    @Test("accept: the caller gets true, the fetchers the new value")
    func accept() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 1) { request in
                #expect(request.current == 1)
                return .accept
            }
            let fetcher = try await user.fetch(.path("a"), as: Int.self)
            #expect(try await user.set("a", to: 2) == true)
            #expect(try await heard(fetcher, until: 2) == [1, 2])
            #expect(state.value == 2)
        }
    }

    @Test("adjust: the State takes another value than was asked for")
    func adjust() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 1) { .adjust(min($0.value, 100)) }
            let fetcher = try await user.fetch(.path("a"), as: Int.self)
            #expect(try await user.set("a", to: 300) == true)
            #expect(try await heard(fetcher, until: 100) == [1, 100])
            #expect(state.value == 100)
        }
    }

    @Test("accept silently: the caller gets true, nobody is notified, the value stays")
    func silently() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 1) { _ in .acceptSilently }
            let fetcher = try await user.fetch(.path("a"), as: Int.self)
            #expect(try await user.set("a", to: 2) == true)
            #expect(state.value == 1)
            try state.change(3)
            #expect(try await heard(fetcher, until: 3) == [1, 3])
        }
    }

    @Test("answer: the caller gets what the owner has to say, nobody is notified, the value stays")
    func answered() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 1) { _ in .answer(["job": 7]) }
            #expect(try await user.set("a", to: 2) == ["job": 7])
            #expect(try await user.set("a", to: 2, valueAsResult: true) == ["job": 7])
            #expect(state.value == 1)
        }
    }

    @Test("value as result: the caller is told the value that the State then has")
    func valueAsResult() async throws {
        try await withPeers { provider, user in
            try await provider.addState("adjusted", 1) { .adjust($0.value * 2) }
            try await provider.addState("accepted", 1) { _ in .accept }
            try await provider.addState("silent", 1) { _ in .acceptSilently }
            #expect(try await user.set("adjusted", to: 21, valueAsResult: true) == 42)
            #expect(try await user.set("accepted", to: 21, valueAsResult: true) == 21)
            #expect(try await user.set("silent", to: 21, valueAsResult: true) == 1)
        }
    }

    @Test("refuse: code, message and data reach the caller as they were thrown")
    func refuse() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 1) { _ -> SetDecision<Int> in
                throw JetError(.other(17), "the door is open", data: ["door": 3])
            }
            let error = await #expect(throws: JetError.self) { try await user.set("a", to: 2) }
            #expect(error?.code == .other(17))
            #expect(error?.message == "the door is open")
            #expect(error?.data == ["door": 3])
            #expect(state.value == 1)
        }
    }

    @Test("any other error of a handler is an internal error with its description")
    func otherErrors() async throws {
        struct Stuck: Error, CustomStringConvertible { var description: String { "the motor is stuck" } }
        try await withPeers { provider, user in
            try await provider.addState("stuck", 1) { _ -> SetDecision<Int> in throw Stuck() }
            try await provider.addState("cancelled", 1) { _ -> SetDecision<Int> in throw CancellationError() }
            try await provider.addState("local", 1) { _ -> SetDecision<Int> in
                throw JetError(.notConnected, "the other bus is away")
            }
            for (path, reason) in [("stuck", "the motor is stuck"), ("local", "the other bus is away")] {
                let error = await #expect(throws: JetError.self) { try await user.set(path, to: 2) }
                #expect(error?.code == .internalError)
                #expect(error?.data == .string(reason))
            }
            let error = await #expect(throws: JetError.self) { try await user.set("cancelled", to: 2) }
            #expect(error?.code == .internalError)
        }
    }

    @Test("a value of the wrong type is refused before the handler sees it")
    func wrongType() async throws {
        try await withPeers { provider, user in
            try await provider.addState("a", 1) { _ in .accept }
            let error = await #expect(throws: JetError.self) { try await user.set("a", to: "two") }
            #expect(error?.code == .invalidParams)
            #expect(error?.refusal == .wrongType("value"))
            #expect(error?.data?["got"]?["value"] == "two")
        }
    }

    @Test("later: a handler takes its time, and sets to one State are handled one after the other")
    func later() async throws {
        try await withPeers { provider, user in
            let inside = Mutex((now: 0, most: 0))
            let state = try await provider.addState("a", 0) { request in
                inside.withLock {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                for _ in 0..<10 { await Task.yield() }
                inside.withLock { $0.now -= 1 }
                #expect(request.current == request.value - 1, "what came before is done")
                return .accept
            }
            let fetcher = try await user.fetch(.path("a"), as: Int.self)
            for value in 1...100 { try user.notifySet("a", to: value) }
            #expect(try await heard(fetcher, until: 100) == Array(0...100))
            #expect(inside.withLock { $0.most } == 1)
            #expect(state.value == 100)
        }
    }

    @Test("too late: the caller hears of the timeout, and the late answer harms nobody")
    func tooLate() async throws {
        try await withPeers { provider, user in
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let state = try await provider.addState("a", 1) { request in
                if request.value == 2 { for await _ in gate {} }
                return .accept
            }
            let error = await #expect(throws: JetError.self) {
                try await user.set("a", to: 2, timeout: .milliseconds(20))
            }
            #expect(error?.code == .responseTimeout)
            #expect(error?.isTimeout == true)
            open.finish()
            #expect(try await user.set("a", to: 3) == true)
            #expect(state.value == 3)
        }
    }

    @Test("an element's timeout holds when the caller has none")
    func elementTimeout() async throws {
        try await withPeers { provider, user in
            let options = ElementOptions(timeout: .milliseconds(20))
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            try await provider.addState("a", 1, options: options) { _ in
                for await _ in gate {}
                return .accept
            }
            let error = await #expect(throws: JetError.self) { try await user.set("a", to: 2) }
            #expect(error?.code == .responseTimeout)
            open.finish()
        }
    }

    @Test("a State without a handler is read-only for others")
    func readOnly() async throws {
        try await withPeers { provider, user in
            try await provider.addState("a", 1)
            try await provider.addState("b", 1, options: ElementOptions(fetchOnly: true)) { _ in .accept }
            for path in ["a", "b"] {
                let error = await #expect(throws: JetError.self) { try await user.set(path, to: 2) }
                #expect(error?.refusal == .fetchOnly(path))
            }
            #expect(try await user.get(.path("a")).map(\.isFetchOnly) == [true])
        }
    }

    @Test("what is not there, or no State, cannot be set")
    func notThere() async throws {
        try await withPeers { provider, user in
            try await provider.addMethod("m") { 1 }
            #expect(
                await #expect(throws: JetError.self) { try await user.set("nothing", to: 1) }?.refusal
                    == .pathNotExists("nothing"))
            #expect(
                await #expect(throws: JetError.self) { try await user.set("m", to: 1) }?.refusal == .notAState("m"))
        }
    }

    @Test("a State may be removed by its own handler, which still answers")
    func removesItself() async throws {
        try await withPeers { provider, user in
            let box = Mutex<State<Int>?>(nil)
            let state = try await provider.addState("a", 1) { _ in
                try await box.withLock { $0 }?.remove()
                return .accept
            }
            box.withLock { $0 = state }
            #expect(try await user.set("a", to: 2) == true)
            #expect(!state.isAdded)
            #expect(try await user.get(.path("a")).isEmpty)
            box.withLock { $0 = nil }
        }
    }

    @Test("values of every kind arrive as they were sent")
    func kinds() async throws {
        struct Position: Codable, Equatable { var x: Double, name: String?, tags: [String] }
        func roundTrip<Value: Codable & Sendable & Equatable>(
            _ values: [Value], _ provider: Peer, _ user: Peer
        ) async throws {
            let path = "\(Value.self)"
            let state = try await provider.addState(path, values[0]) { _ in .accept }
            for value in values {
                try await user.set(path, to: value)
                #expect(state.value == value)
                #expect(try await user.get(.path(path), as: Value.self).first?.value == value)
            }
        }
        try await withPeers { provider, user in
            try await roundTrip([0, -1, .max, .min], provider, user)
            try await roundTrip([0.0, -0.1, 1e300, .leastNonzeroMagnitude], provider, user)
            try await roundTrip([true, false], provider, user)
            try await roundTrip(["", "\u{0}\"\\\n", "äé🙂", "e\u{301}"], provider, user)
            try await roundTrip([[1, 2], []], provider, user)
            try await roundTrip([["a": 1.5], [:]], provider, user)
            try await roundTrip([Optional(1), nil], provider, user)
            try await roundTrip([Position(x: 1, name: nil, tags: ["a/b"])], provider, user)
            let digits = try JSON(parsing: "[1.50,-0.0,1E400,12345678901234567890123]")
            try await roundTrip([digits, nil, [:]], provider, user)
            #expect(
                try await user.get(.path("JSON")).first?.value?.description == "{}")
            try await user.set("JSON", to: digits)
            #expect(try await user.get(.path("JSON")).first?.value?.description == digits.description)
        }
    }
}
