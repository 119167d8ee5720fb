import Moments
import Testing

@Suite("A duration as a number")
struct DurationTests {
    @Test(
        "has its whole nanoseconds, and the nearest number where they do not fit",
        arguments: [
            (Duration.zero, 0), (.nanoseconds(1), 1), (.milliseconds(-1500), -1_500_000_000),
            (.seconds(1), 1_000_000_000),
            (.seconds(Int64.max), .max), (.seconds(Int64.min), .min), (.nanoseconds(Int64.max), .max),
            (.nanoseconds(Int64.max) + .nanoseconds(1), .max), (.nanoseconds(Int64.min) - .nanoseconds(1), .min),
        ] as [(Duration, Int64)])
    func nanoseconds(duration: Duration, number: Int64) { #expect(duration.nanoseconds == number) }

    @Test(
        "has its seconds with a fraction",
        arguments: [(Duration.zero, 0.0), (.milliseconds(1500), 1.5), (.milliseconds(-250), -0.25)])
    func seconds(duration: Duration, number: Double) { #expect(duration.seconds == number) }
}
