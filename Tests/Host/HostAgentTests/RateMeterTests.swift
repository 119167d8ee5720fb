import JSONText
import Testing

@testable import AgentCore
@testable import Providers

/// How fast counters grow.
struct RateMeterTests {
    @Test("one look tells no rate, the second tells what came in between, by the second")
    func rate() {
        var meter = RateMeter()
        #expect(meter.take([1000, 5], at: .seconds(10)) == nil)
        #expect(meter.take([3000, 5], at: .seconds(14)) == [500, 0])
    }

    @Test("a counter that begins again tells nothing: its rate stays, the others' go on")
    func reset() {
        var meter = RateMeter()
        _ = meter.take([1000, 1000], at: .seconds(0))
        _ = meter.take([2000, 2000], at: .seconds(1))
        #expect(meter.take([10, 2500], at: .seconds(2)) == [1000, 500])
        #expect(meter.take([30, 2500], at: .seconds(3)) == [20, 0])
    }

    @Test("a counter that begins again before there is a rate has none")
    func resetAtOnce() {
        var meter = RateMeter()
        _ = meter.take([1000], at: .seconds(0))
        #expect(meter.take([0], at: .seconds(1)) == [0])
    }

    @Test("looks right after another do not make a storm of a few bytes")
    func quickLooks() {
        var meter = RateMeter()
        _ = meter.take([0], at: .seconds(0))
        #expect(meter.take([1000], at: .milliseconds(1)) == nil)
        #expect(meter.take([1000], at: .seconds(1)) == [1000])
        #expect(meter.take([1001], at: .milliseconds(1001)) == [1000])
        #expect(meter.take([1001], at: .seconds(0)) == [1000])
    }

    @Test("a counter that has run below zero makes no storm, neither then nor when it is back")
    func underflow() {
        var meter = RateMeter()
        _ = meter.take([1000], at: .seconds(0))
        #expect(meter.take([1500], at: .seconds(1)) == [500])
        #expect(meter.take([.max - 4], at: .seconds(2)) == [500])
        #expect(meter.take([20], at: .seconds(3)) == [500])
        #expect(meter.take([120], at: .seconds(4)) == [100])
    }

    @Test("other counters than before are new ones")
    func otherCounters() {
        var meter = RateMeter()
        _ = meter.take([0], at: .seconds(0))
        #expect(meter.take([0, 0], at: .seconds(1)) == nil)
    }

    @Test(
        "a rate has three digits that count, and one after the point at most",
        arguments: [
            (0, 0), (0.04, 0), (0.25, 0.3), (12.34, 12.3), (100, 100), (1234.5, 1230), (98_765_432, 98_800_000),
        ])
    func rounded(rate: Double, shown: Double) { #expect(RateMeter.rounded(rate) == .number(shown)) }

    @Test("what is no number is none on the bus, either", arguments: [Double.infinity, .nan, 1e300])
    func absurd(rate: Double) { #expect(RateMeter.rounded(rate) == .null) }
}
