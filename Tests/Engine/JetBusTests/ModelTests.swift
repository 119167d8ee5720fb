import TestSupport
import Testing

/// Whatever happens, the bus does what a naive daemon would do that is written from jet-protocol(7) alone.
///
/// A failure names its seed and step. `JET_TEST_SEEDS=17 swift test --filter ModelTests` plays it again, and
/// `JET_TEST_SEEDS=100-199 JET_TEST_STEPS=10000` looks for more.
@Suite("Model")
struct ModelTests {
    @Test("peers that keep up get exactly what the model says", arguments: TestEnvironment.seeds(Array(1...17)))
    func keepingUp(seed: UInt64) {
        var comparison = Comparison(seed: seed, hasSlowPeers: false)
        if let difference = comparison.run(steps: TestEnvironment.steps(3000)) {
            Issue.record("seed \(seed), \(difference)")
        }
    }

    @Test(
        "slow peers end with the truth and are never told anything wrong",
        arguments: TestEnvironment.seeds(Array(18...34)))
    func slow(seed: UInt64) {
        var comparison = Comparison(seed: seed, hasSlowPeers: true)
        if let difference = comparison.run(steps: TestEnvironment.steps(3000)) {
            Issue.record("seed \(seed), \(difference)")
        }
    }
}
