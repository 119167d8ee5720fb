import TestSupport
import Testing

@testable import Jet

@Suite("Backoff")
struct BackoffTests {
    @Test("the first attempt comes at once; then the wait doubles, jitters, and is bounded")
    func growth() {
        var generator = SeededGenerator(seed: 1)
        var backoff = Backoff(first: .milliseconds(50), longest: .seconds(1))
        #expect(backoff.next(using: &generator) == .zero)
        for bound in [50, 100, 200, 400, 800, 1000, 1000, 1000] {
            let wait = backoff.next(using: &generator)
            #expect(wait >= .milliseconds(bound) / 2 && wait <= .milliseconds(bound))
        }
        for _ in 0..<1000 { #expect(backoff.next(using: &generator) <= .seconds(1)) }
    }

    @Test("two peers do not wait equally long")
    func jitter() {
        var generator = SeededGenerator(seed: 2)
        var waits: Set<Duration> = []
        for _ in 0..<20 {
            var backoff = Backoff(first: .seconds(1), longest: .seconds(1))
            _ = backoff.next(using: &generator)
            waits.insert(backoff.next(using: &generator))
        }
        #expect(waits.count > 15)
    }

    @Test("a connection that held is a success; one that broke at once is an attempt that failed")
    func success() {
        var generator = SeededGenerator(seed: 3)
        var backoff = Backoff(first: .milliseconds(50), longest: .seconds(1))
        _ = backoff.next(using: &generator)
        backoff.lasted(.milliseconds(10))
        #expect(backoff.next(using: &generator) > .zero)
        backoff.lasted(.seconds(1))
        #expect(backoff.next(using: &generator) == .zero)
    }

    @Test("senseless bounds are made sense of")
    func senseless() {
        var generator = SeededGenerator(seed: 4)
        var backoff = Backoff(first: .seconds(-5), longest: .seconds(-9))
        for _ in 0..<5 { #expect(backoff.next(using: &generator) <= .milliseconds(1)) }
    }
}
