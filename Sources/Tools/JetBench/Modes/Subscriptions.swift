import JetProtocol

/// Peers that fetch all States of a measurement, and what they have been told together. Change number *n* is one of State
/// *n* modulo their number.
final class Subscriptions {
    /// Where the States' numbers begin: with what they are added.
    private let prefix: String
    private let states: Int
    private var subscribers: [Subscriber] = []
    /// Notifications of changes.
    fileprivate(set) var notifications = 0
    fileprivate var isComplete = 0
    /// When each change was sent.
    var sendTimes: ContiguousArray<UInt64>
    /// From there to its notifications.
    var latencies = Histogram()
    private let changes: Int

    /// No subscribers yet.
    ///
    /// - Parameter changes: How many there will be.
    init(changes: Int, states: Int, prefix: String) {
        self.changes = changes
        self.states = states
        self.prefix = prefix
        sendTimes = ContiguousArray(repeating: 0, count: changes)
    }

    /// Connects subscribers and waits until each of them has been told of all States.
    func open(_ count: Int, at site: Site) throws(BenchError) {
        for number in 0..<count {
            let subscriber = Subscriber(of: self, states: states, prefix: prefix)
            subscribers.append(subscriber)
            let link = try site.connect(subscriber)
            link.send(#"{"id":\#(Naming.base),"method":"fetch","params":{"id":"f\#(number)",\#(site.naming.rule)}}"#)
        }
        try site.loop.run(overdue: { "\(count - isComplete) of \(count) snapshots" }) { isComplete == count }
    }

    /// Demands that each subscriber has the last value of each State.
    ///
    /// - Throws: `BenchError.wrong` if one has not.
    func check() throws(BenchError) {
        for subscriber in subscribers {
            for state in 0..<states {
                // The last change of this State, or the value with which it was added.
                let last = changes > state ? (changes - 1 - state) / states * states + state : state
                guard subscriber.numbers[state] == Naming.base + last else {
                    throw .wrong(
                        "A subscriber ended with the value \(subscriber.numbers[state]) of State \(state), not with "
                            + "\(Naming.base + last), its last one.")
                }
            }
        }
    }

    @inline(__always)
    fileprivate func note(change number: Int, at time: UInt64) throws(BenchError) {
        notifications &+= 1
        guard sendTimes.indices.contains(number) else { throw .wrong("There was no change \(number).") }
        latencies.note(time &- min(time, sendTimes[number]))
    }
}

/// One of them.
private final class Subscriber: Listener {
    private unowned let all: Subscriptions
    private let states: Int
    private var reader: NotificationReader
    private var answers = ResponseReader()
    private var added = 0
    /// The number in the newest value of each State; 0 before there is one.
    private(set) var numbers: ContiguousArray<Int>

    init(of all: Subscriptions, states: Int, prefix: String) {
        self.all = all
        self.states = states
        reader = NotificationReader(prefix: prefix)
        numbers = ContiguousArray(repeating: 0, count: states)
    }

    override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
        guard let event = try reader.read(message) else {
            guard try answers.read(message) != nil else { throw .unexpected(message) }
            return
        }
        guard event.index < states else { throw .unexpected(message) }
        switch event.kind {
        case .add:
            guard numbers[event.index] == 0 else { throw .wrong("State \(event.index) was added twice.") }
            added += 1
            if added == states { all.isComplete += 1 }
        case .change:
            let number = event.number &- Naming.base
            guard number % states == event.index, number == event.index || event.number > numbers[event.index] else {
                throw .wrong(
                    "State \(event.index) changed from \(numbers[event.index]) to \(event.number), which is not "
                        + "the next change.")
            }
            try all.note(change: number, at: time)
        case .remove: throw .unexpected(message)
        }
        numbers[event.index] = event.number
    }
}
