import Moments
import Testing

/// Moments as the bus and the records have them.
struct MomentTests {
    @Test("a moment is written by ISO 8601 in UTC, to the second")
    func seconds() {
        #expect(Moment.text(seconds: 0) == "1970-01-01T00:00:00Z")
        #expect(Moment.text(seconds: 1_772_368_200) == "2026-03-01T12:30:00Z")
        #expect(Moment(microseconds: 1_772_368_200_999_999).text == "2026-03-01T12:30:00Z")
    }

    @Test("where it matters, to the millisecond")
    func milliseconds() {
        #expect(Moment(microseconds: 7_000).preciseText == "1970-01-01T00:00:00.007Z")
        #expect(Moment(microseconds: 1_772_368_200_250_000).preciseText == "2026-03-01T12:30:00.250Z")
    }

    @Test("what systemd means by never, and what has no date, is no text")
    func never() {
        #expect(Moment(microseconds: 0).text == nil)
        #expect(Moment(microseconds: .max).text == nil)
        #expect(Moment.text(seconds: -1).isEmpty)
        #expect(Moment.text(seconds: .max).isEmpty)
    }

    @Test("later is later, however late")
    func later() {
        let moment = Moment(microseconds: 1_000_000)
        #expect(moment.advanced(seconds: 60) == Moment(microseconds: 61_000_000))
        #expect(moment < moment.advanced(seconds: 1))
        #expect(Moment(microseconds: .max).advanced(seconds: 1) == Moment(microseconds: .max))
    }
}
