import JSONText
import Testing

@testable import AgentCore
@testable import Providers

/// How much of a change is worth a message.
struct DeadbandTests {
    @Test("without a deadband every difference counts, but the same number written otherwise is none")
    func none() {
        #expect(!Deadband.none.covers(1, since: 2))
        #expect(Deadband.none.covers(1, since: .number(1.0)))
    }

    @Test("a number counts from the distance on, whatever binary fractions make of it")
    func number() {
        let half = Deadband.number(0.5)
        #expect(half.covers(45.4, since: 45))
        #expect(!half.covers(45.5, since: 45))
        #expect(!half.covers(44.6, since: 45.1))
        #expect(!half.covers(-0.3, since: 0.2))
    }

    @Test("what is not a number counts when it differs")
    func other() {
        #expect(!Deadband.number(5).covers("a", since: 1))
        #expect(!Deadband.number(5).covers(nil, since: 1))
        #expect(Deadband.number(5).covers("a", since: "a"))
    }

    @Test("an object counts when one of its members does")
    func members() {
        let band = Deadband.members(["free": 10])
        #expect(band.covers(["total": 100, "free": 59], since: ["total": 100, "free": 50]))
        #expect(!band.covers(["total": 100, "free": 60], since: ["total": 100, "free": 50]))
        #expect(!band.covers(["total": 101, "free": 50], since: ["total": 100, "free": 50]))
    }

    @Test("an object counts when a member comes, goes, or takes another's place")
    func membership() {
        let band = Deadband.members(["free": 10])
        #expect(!band.covers(["free": 50, "swap": 1], since: ["free": 50]))
        #expect(!band.covers(["free": 50], since: ["free": 50, "swap": 1]))
        #expect(!band.covers(["swap": 50], since: ["free": 50]))
        #expect(!band.covers(7, since: ["free": 50]))
    }
}
