import Jet
import Testing

/// A State from its first day to its last, over a real daemon.
@Suite("States", .timeLimit(.minutes(1)))
struct StateTests {
    @Test("a State is there with its value, changes, goes, and comes back")
    func life() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 1)
            #expect(state.path == "a")
            #expect(state.isAdded)
            #expect(try await user.get(.path("a"), as: Int.self).map(\.value) == [1])

            try state.change(2)
            #expect(state.value == 2)
            try await provider.echo(true)
            #expect(try await user.get(.path("a"), as: Int.self).map(\.value) == [2])

            try await state.remove()
            #expect(!state.isAdded)
            #expect(try await user.get(.path("a")).isEmpty)

            try await state.add()
            #expect(try await user.get(.path("a"), as: Int.self).map(\.value) == [2])
            try await state.remove()
            try await state.add(7)
            #expect(state.value == 7)
            #expect(try await user.get(.path("a"), as: Int.self).map(\.value) == [7])
        }
    }

    @Test("a changed value is confirmed when the daemon has it")
    func confirmed() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 1)
            try await state.changeConfirmed(2)
            #expect(state.value == 2)
            #expect(try await user.get(.path("a"), as: Int.self).map(\.value) == [2])
        }
    }

    @Test("a path that is taken is refused, by another peer's State or one's own")
    func taken() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 1)
            for peer in [provider, user] {
                let error = await #expect(throws: JetError.self) { try await peer.addState("a", 2) }
                #expect(error?.refusal == .pathAlreadyExists("a"))
            }
            #expect(state.isAdded)
            try await state.remove()
            let other = try await user.addState("a", 2)
            let error = await #expect(throws: JetError.self) { try await state.add() }
            #expect(error?.refusal == .pathAlreadyExists("a"))
            #expect(!state.isAdded)
            #expect(other.isAdded)
        }
    }

    @Test("a removed State cannot be changed or removed once more")
    func removed() async throws {
        try await withPeers { provider, _ in
            let state = try await provider.addState("a", 1)
            try await state.remove()
            #expect(throws: JetError.self) { try state.change(2) }
            #expect(state.value == 1)
            for attempt in [state.remove, { try await state.changeConfirmed(2) }] {
                let error = await #expect(throws: JetError.self) { try await attempt() }
                #expect(error?.refusal == .pathNotExists("a"))
            }
        }
    }

    @Test("what is no JSON cannot be a value")
    func notJSON() async throws {
        try await withPeers { provider, _ in
            let state = try await provider.addState("a", 1.0)
            let error = #expect(throws: JetError.self) { try state.change(.infinity) }
            #expect(error?.code == .encoding)
            #expect(state.value == 1)
            let first = await #expect(throws: JetError.self) { try await provider.addState("b", Double.nan) }
            #expect(first?.code == .encoding)
        }
    }

    @Test("a value at the limit of nesting goes through the daemon; a message beyond its size does not go")
    func limits() async throws {
        try await withPeers { provider, user in
            let deepest = (0..<124).reduce(1 as JSON) { value, _ in [value] }
            let state = try await provider.addState("a", deepest) { _ in .accept }
            #expect(try await user.get(.path("a")).first?.value == deepest)
            try await user.set("a", to: deepest)
            try await provider.addState("number", 1) { _ in .accept }
            let refused = await #expect(throws: JetError.self) { try await user.set("number", to: deepest) }
            #expect(refused?.data?["got"]?["value"] == deepest)

            let long = JSON.string(String(repeating: "x", count: 16 << 20))
            let change = #expect(throws: JetError.self) { try state.change(long) }
            #expect(change?.refusal == .limit("messageSize", max: 16 << 20))
            let set = await #expect(throws: JetError.self) { try await user.set("a", to: long) }
            #expect(set?.code == .limitExceeded)
            let add = await #expect(throws: JetError.self) { try await provider.addState("b", long) }
            #expect(add?.code == .limitExceeded)
            try await provider.addMethod("long") { long }
            let call = await #expect(throws: JetError.self) { try await user.call("long") }
            #expect(call?.refusal == .limit("messageSize", max: 16 << 20))
            #expect(provider.isConnected && user.isConnected)
        }
    }

    @Test("changes from many tasks: the value at the daemon is the value here")
    func manyTasks() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 0)
            await withTaskGroup { group in
                for task in 0..<8 {
                    group.addTask {
                        for value in 0..<500 { try? state.change(task * 1000 + value) }
                    }
                }
            }
            try await provider.echo(true)
            #expect(try await user.get(.path("a"), as: Int.self).map(\.value) == [state.value])
        }
    }
}
