import Jet
import Synchronization
import Testing

@Suite("Calling", .timeLimit(.minutes(1)))
struct CallTests {
    struct Span: Codable, Equatable, Sendable { var from: Int, to: Int }

    @Test("arguments by name, arguments by place, and whatever comes back")
    func kinds() async throws {
        try await withPeers { provider, user in
            try await provider.addMethod("width") { (span: Span) in span.to - span.from }
            try await provider.addMethod("swap") { (span: Span) in Span(from: span.to, to: span.from) }
            try await provider.addMethod("sum") { (numbers: [Int]) in numbers.reduce(0, +) }
            try await provider.addMethod("mirror") { (arguments: JSON) in arguments }
            try await provider.addMethod("time") { "noon" }
            try await provider.addMethod("nothing") { (_: JSON) in }
            try await provider.addMethod("nothing at all") {}

            #expect(try await user.call("width", Span(from: 3, to: 10), as: Int.self) == 7)
            #expect(try await user.call("width", ["from": 3, "to": 10]) == 7)
            #expect(try await user.call("swap", Span(from: 1, to: 2), as: Span.self) == Span(from: 2, to: 1))
            #expect(try await user.call("sum", [1, 2, 3], as: Int.self) == 6)
            #expect(try await user.call("mirror", ["a": [1, nil, "x"]] as JSON) == ["a": [1, nil, "x"]])
            #expect(try await user.call("mirror") == [:])
            #expect(try await user.call("time", as: String.self) == "noon")
            #expect(try await user.call("time", [1, 2, 3]) == "noon")
            #expect(try await user.call("nothing") == nil)
            #expect(try await user.call("nothing at all") == nil)
        }
    }

    @Test("results of every kind come through: false, null and a number's digits")
    func results() async throws {
        try await withPeers { provider, user in
            let results = try ["false", "null", "0", "\"\"", "[]", "1.50", "12345678901234567890123"].map {
                try JSON(parsing: $0)
            }
            for (index, result) in results.enumerated() {
                try await provider.addMethod("\(index)") { result }
                #expect(try await user.call("\(index)").description == result.description)
            }
        }
    }

    @Test("arguments that do not fit are refused before the handler sees them")
    func wrongArguments() async throws {
        try await withPeers { provider, user in
            try await provider.addMethod("width") { (span: Span) in span.to - span.from }
            let error = await #expect(throws: JetError.self) { try await user.call("width", ["from": 3]) }
            #expect(error?.refusal == .wrongType("args"))
            #expect(error?.data?["got"] == ["from": 3])
        }
    }

    @Test("a result that is no such thing is an error of this side")
    func wrongResult() async throws {
        try await withPeers { provider, user in
            try await provider.addMethod("time") { "noon" }
            let error = await #expect(throws: JetError.self) { try await user.call("time", as: Int.self) }
            #expect(error?.code == .decoding)
        }
    }

    @Test("a Method refuses by throwing")
    func refuses() async throws {
        try await withPeers { provider, user in
            try await provider.addMethod("m") { () -> Int in throw JetError(.invalidParams, "no", data: [1]) }
            let error = await #expect(throws: JetError.self) { try await user.call("m") }
            #expect(error?.code == .invalidParams)
            #expect(error?.data == [1])
            #expect(
                await #expect(throws: JetError.self) { try await user.call("nothing") }?.refusal
                    == .pathNotExists("nothing"))
            try await provider.addState("s", 1)
            #expect(await #expect(throws: JetError.self) { try await user.call("s") }?.refusal != nil)
        }
    }

    @Test("calls of one Method are served in order, one at a time, unless they may overlap")
    func overlapping() async throws {
        try await withPeers { provider, user in
            let arrived = Mutex(0)
            // Each waits for the other: served one after the other they would never end.
            try await provider.addMethod("meet", overlapping: true) {
                arrived.withLock { $0 += 1 }
                try await eventually("both are here") { arrived.withLock { $0 } == 2 }
            }
            async let first = user.call("meet")
            async let second = user.call("meet")
            _ = try await (first, second)

            let order = Mutex<[Int]>([])
            try await provider.addMethod("in order") { (numbers: [Int]) in
                for _ in 0..<5 { await Task.yield() }
                order.withLock { $0 += numbers }
            }
            for number in 0..<50 { try user.notifyCall("in order", [number]) }
            try await user.call("in order", [50])
            #expect(order.withLock { $0 } == Array(0...50))
        }
    }

    @Test("a call that is cancelled is over at once; its late answer harms nobody")
    func cancelled() async throws {
        try await withPeers { provider, user in
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let (called, call) = AsyncStream.makeStream(of: Void.self)
            try await provider.addMethod("slow") {
                call.finish()
                for await _ in gate {}
            }
            let task = Task { try await user.call("slow") }
            for await _ in called {}
            task.cancel()
            let error = await #expect(throws: JetError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            open.finish()
            #expect(try await user.echo(1) == 1)

            let early = Task {
                while !Task.isCancelled { await Task.yield() }
                try await user.call("slow")
            }
            early.cancel()
            #expect(await #expect(throws: JetError.self) { try await early.value }?.code == .cancelled)
        }
    }

    @Test("when the owner goes, who waits for it is told at once")
    func ownerGoes() async throws {
        try await withPeers { provider, user in
            let (called, call) = AsyncStream.makeStream(of: Void.self)
            try await provider.addMethod("slow") {
                call.finish()
                try await Task.sleep(for: .seconds(60))
            }
            let task = Task { try await user.call("slow") }
            for await _ in called {}
            await provider.close()
            let error = await #expect(throws: JetError.self) { try await task.value }
            #expect(error?.code == .ownerGone)
            #expect(error?.refusal == .ownerGone("slow"))
        }
    }

    @Test("a Method may remove itself, and still answers")
    func removesItself() async throws {
        try await withPeers { provider, user in
            let box = Mutex<Method?>(nil)
            let method = try await provider.addMethod("once") {
                try await box.withLock { $0 }?.remove()
                return "gone"
            }
            box.withLock { $0 = method }
            #expect(try await user.call("once") == "gone")
            #expect(!method.isAdded)
            try await method.add()
            #expect(method.isAdded)
            box.withLock { $0 = nil }
        }
    }

    @Test("the daemon itself answers info and echo, and any request can be sent")
    func daemon() async throws {
        try await withPeers { _, user in
            let info = try await user.info()
            #expect(info.protocolVersion == "1.1.0")
            #expect(info.features["batches"] == true)
            #expect(info.json["name"]?.string == info.name)
            #expect(try await user.echo(["x": 1]) == ["x": 1])
            #expect(try await user.request("config", ["name": "me"]) == true)
            let error = await #expect(throws: JetError.self) { try await user.request("dance", [:]) }
            #expect(error?.code == .methodNotFound)
        }
    }
}
