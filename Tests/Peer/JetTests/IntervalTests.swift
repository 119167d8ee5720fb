import Jet
import JetProtocol
import Testing

/// Fetching less often than things change.
@Suite("A fetch with an interval")
struct IntervalTests {
    @Test("is told the first and the last value, and not all between")
    func newest() async throws {
        try await withPeers { provider, user in
            let state = try await provider.addState("s", 0)
            let fetcher = try await user.fetch(FetchRule.path("s").atMost(every: .milliseconds(200)), as: Int.self)
            for value in 1...1000 { try state.change(value) }
            var heard: [Int] = []
            for try await event in fetcher {
                heard.append(event.value ?? -1)
                if event.value == 1000 { break }
            }
            #expect(heard.first == 0)
            #expect(heard.count < 1000)
            #expect(heard == heard.sorted())
        }
    }

    @Test("is a rule like any other, from no time to a day")
    func rule() {
        #expect(FetchRule.everything.atMost(every: .milliseconds(250)).interval == 250_000_000)
        #expect(FetchRule.everything.atMost(every: .seconds(1e9)).interval == 86_400_000_000_000)
        for none in [nil, .zero, .seconds(-1)] as [Duration?] {
            #expect(FetchRule.everything.atMost(every: none) == .everything)
        }
    }
}
