import JetProtocol

/// The work that may be done for an account before it waits for the next turn.
///
/// It is looked at between two pieces of work and does not end one: the rule of a fetch is evaluated as a whole.
struct Slice {
    /// Counts the evaluation of rules.
    var meter = WorkMeter()
    /// The other work.
    private var work = 0
    private let limit: Int

    init(limit: Int = .max) { self.limit = limit }

    /// The work so far.
    @inline(__always)
    var used: Int { work &+ meter.used }

    /// Whether the rest of the work must wait.
    @inline(__always)
    var isExhausted: Bool { used > limit }

    /// Counts work.
    @inline(__always)
    mutating func add(_ work: Int) { self.work &+= work }
}
