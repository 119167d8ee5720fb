import JSONText
import Testing

@testable import Jet

@Suite("Batches", .timeLimit(.minutes(1)))
struct BatchTests {
    @Test("what is said in a batch is one message: an array, in order, also what has no answer")
    func oneMessage() async throws {
        let daemon = try await FakeDaemon.start()
        let peer = try await Peer.connect(to: daemon.endpoint, configuration: .patient)
        var messages = daemon.messages.makeAsyncIterator()
        let answer = try peer.batch { batch in
            try peer.notifySet("a", to: 1)
            try peer.notifyCall("m", [1, 2])
            try batch.set("b", to: true, timeout: .seconds(1), valueAsResult: true)
            return try batch.call("sum", [1, 2], as: Int.self)
        }
        let array = try #require(await messages.next()?.array)
        #expect(array.map { $0["method"] } == ["set", "call", "set", "call"])
        #expect(array.map { $0["id"] != nil } == [false, false, true, true])
        #expect(array[2]["params"] == ["path": "b", "value": true, "valueAsResult": true, "timeout": 1])
        #expect(array[3]["params"] == ["path": "sum", "args": [1, 2]])
        try await daemon.send(["id": array[3]["id"] ?? .null, "result": 3])
        #expect(try await answer.value == 3)
        #expect(try await answer.value == 3, "any number of times")
        await daemon.stop()
        await peer.close()
    }

    @Test("States and Methods are added, changed and removed in one go")
    func elements() async throws {
        try await withPeers { provider, user in
            let fetcher = try await user.fetch(.everything, as: Int.self)
            let (answers, method) = try provider.batch { batch in
                let answers = try (0..<100).map { try batch.addState("\($0)", $0) { _ in .accept } }
                return (answers, try batch.addMethod("double") { (numbers: [Int]) in numbers.map { $0 * 2 } })
            }
            var states: [State<Int>] = []
            for answer in answers { states.append(try await answer.value) }
            let double = try await method.value
            #expect(try await user.call("double", [2], as: [Int].self) == [4])
            #expect(try await user.set("7", to: 8) == true)
            let removals = try provider.batch { batch in
                for state in states { try state.change(-1) }
                return try [batch.remove(states[0]), batch.remove(double)]
            }
            for removal in removals { try await removal.value }
            #expect(try await user.get(.everything).count == 99)
            var changes = 0
            for try await event in fetcher {
                if event.kind == .change && event.value == -1 { changes += 1 }
                if event.kind == .remove { break }
            }
            #expect(changes == 100, "in order: the changes before the removal")
        }
    }

    @Test("a refusal comes with the answer it belongs to; what throws before says nothing")
    func refusals() async throws {
        try await withPeers { provider, user in
            try await provider.addState("a", 1) { _ in .accept }
            let (good, bad) = try user.batch { batch in
                (try batch.set("a", to: 2), try batch.set("nothing", to: 2))
            }
            #expect(try await good.value == true)
            #expect(
                await #expect(throws: JetError.self) { try await bad.value }?.refusal == .pathNotExists("nothing"))
            await user.close()
            #expect(throws: JetError.self) { try user.batch { batch in try batch.call("m") } }
        }
    }

    @Test("an answer that does not come is a timeout; who waits for one may be cancelled, and the rest waits on")
    func waiting() async throws {
        let daemon = try await FakeDaemon.start()
        let peer = try await Peer.connect(to: daemon.endpoint, configuration: .patient)
        var messages = daemon.messages.makeAsyncIterator()
        let (first, second) = try peer.batch { batch in
            (try batch.call("a", timeout: .milliseconds(1)), try batch.call("b"))
        }
        let array = try #require(await messages.next()?.array)
        #expect(await #expect(throws: JetError.self) { try await first.value }?.code == .timeout)
        let impatient = Task { try await second.value }
        let patient = Task { try await second.value }
        impatient.cancel()
        #expect(await #expect(throws: JetError.self) { try await impatient.value }?.code == .cancelled)
        try await daemon.send(["id": array[1]["id"] ?? .null, "result": "b"])
        #expect(try await patient.value == "b")
        await daemon.stop()
        await peer.close()
    }

    @Test("batches of many tasks at a time: all that was said arrives")
    func concurrent() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 0)
            let fetcher = try await user.fetch(.path("a"), as: Int.self)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<50 { provider.batch { _ in for _ in 0..<10 { try? state.change(1) } } }
                    }
                }
            }
            var changes = 0
            for try await event in fetcher where event.kind == .change {
                changes += 1
                if changes == 2000 { break }
            }
            #expect(changes == 2000)
        }
    }

    @Test("what was said in a batch before close is said")
    func close() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 0) { _ in .accept }
            try user.batch { batch in
                try user.notifySet("a", to: 1)
                try user.notifySet("a", to: 2)
            }
            await user.close()
            try await eventually("it arrived") { state.value == 2 }
        }
    }
}
