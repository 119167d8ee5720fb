/// Counts the *work* that a message causes, so that no message holds up the others (jet-protocol(7) §5.3).
///
/// One unit is about a nanosecond on one core of a desktop computer. Work is charged by size, with the constants below,
/// and not measured: the same message costs the same on every machine. Code that takes a meter charges what it does and
/// stops early once the meter is exhausted. Its result means nothing then, so the caller looks at `isExhausted` before
/// it uses a result, and refuses the message.
package struct WorkMeter: Sendable {
    /// The units so far.
    package var used = 0
    /// How many units may be used.
    package var limit: Int

    /// A meter that is exhausted when more than `limit` units have been used.
    @inlinable
    package init(limit: Int = .max) { self.limit = limit }

    /// Whether more units have been used than allowed.
    @inlinable
    package var isExhausted: Bool { used > limit }

    /// Charges `units`.
    @inlinable
    @inline(__always)
    package mutating func add(_ units: Int) { used &+= units }
}

// What the operations of this module cost. The benchmarks `meter: …` compare these with the clock.
extension WorkMeter {
    /// Charges a comparison of up to `bytes` bytes.
    @inline(__always)
    mutating func addComparison(_ bytes: Int) { add(bytes >> 4 &+ 8) }

    /// Charges a search in a sorted list of `count` texts.
    @inline(__always)
    mutating func addLookup(_ count: Int) { add((Int.bitWidth &- count.leadingZeroBitCount) &* 12 &+ 8) }

    /// Charges a search for a text of `length` bytes in `bytes` bytes. memmem(3) may compare long texts at each place.
    @inline(__always)
    mutating func addSearch(_ bytes: Int, _ length: Int) {
        add((bytes >> 3) &* (1 &+ min(length, 256) >> 5) &+ 25)
    }

    /// Charges the lower case of a text.
    mutating func addLowercasing(_ text: RawSpan) {
        // The standard library is fast for ASCII only.
        add((text.isASCII ? text.byteCount : text.byteCount &* 20) &+ 150)
    }

    /// Charges the scan of `bytes` bytes of a value.
    @inline(__always)
    mutating func addScan(_ bytes: Int) { add(bytes &* 2 &+ 30) }

    /// Charges reading a number of `bytes` bytes.
    @inline(__always)
    mutating func addNumber(_ bytes: Int) { add(bytes &* 2 &+ 70) }

    /// Charges the comparison of a string of `bytes` bytes, which may have escapes.
    @inline(__always)
    mutating func addString(_ bytes: Int) { add(bytes &* 2 &+ 20) }

    /// Charges the tree of a value of `bytes` bytes, and its comparison.
    @inline(__always)
    mutating func addTree(_ bytes: Int) { add(bytes &* 10 &+ 50) }

    /// Charges looking for `count` elements of an array among operands, `tries` times each.
    @inline(__always)
    mutating func addElements(_ count: Int, _ tries: Int) { add(count &* tries &* 80) }

    /// Charges `steps` steps of a pattern.
    @inline(__always)
    mutating func addSteps(_ steps: Int) { add(steps &* Self.patternStep) }

    /// What a step of a pattern costs.
    static let patternStep = 7

    /// How many steps of a pattern may be taken until the meter is exhausted.
    var stepsLeft: Int { isExhausted ? 0 : (limit &- used) / Self.patternStep &+ 1 }
}
