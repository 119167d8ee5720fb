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

    @Test("a set that is accepted reaches the owner and changes the State")
    func accept() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("a", 1) { _ in .accept }
            #expect(try await user.set("a", to: 5) == true)
            try await provider.echo(true)
            #expect(state.value == 5)
            #expect(try await user.get(.path("a"), as: Int.self).map(\.value) == [5])
        }
    }
}
