package import JSONText
import JetProtocol

/// *Sorted fetches*: States get random numbers, and one peer watches the ten with the highest ones. Each change has to be
/// put in its place among all.
///
/// Latency is that of the changes, from the moment one is rendered to the moment its answer is read.
package struct Sorted: Mode {
    package static let name = "sorted"
    /// How many changes are measured.
    package var count = 20_000
    /// How many go ahead unmeasured.
    package var warmUp = 2_000
    /// How many bytes a value has.
    package var size = 32
    /// How many States are sorted.
    package var states = 10_000
    /// How many changes may be without an answer.
    package var inFlight = 16

    /// The defaults.
    package init() {}

    package var settings: JSON.Object {
        [
            "count": .number(count), "warmUp": .number(warmUp), "size": .number(size), "states": .number(states),
            "inFlight": .number(inFlight),
        ]
    }

    package var summary: String {
        "\(count) changes of \(states) States of \(size) bytes, the top \(Window.size) sorted by a field, "
            + "\(inFlight) in flight"
    }

    package var connections: Int { 2 }

    package var figures: [Figure] { [.changesPerSecond, .latencyP50, .latencyMax, .notifications] }

    package func measure(at site: Site) throws(BenchError) -> Figures {
        let naming = site.naming
        // The same numbers in each round and over each transport.
        var random = LinearCongruence(seed: 7)
        var numbers = ContiguousArray((0..<states).map { _ in random.next(below: Self.numbers) })
        let owner = try site.connect(Listener())
        try site.addStates(states, from: owner) { numbers[$0] }
        let window = Window(prefix: naming.prefix)
        let viewer = try site.connect(window)
        viewer.send(
            #"{"id":1,"method":"fetch","params":{"id":"top",\#(naming.rule),"#
                + #""sort":{"byValueField":{"n":"number"},"descending":true,"from":1,"to":\#(Window.size)}}}"#)
        try site.loop.run(overdue: { "the first window of the sorted fetch" }) { window.notifications > 0 }

        let change = Template(
            #"{"id":##########,"method":"change","params":{"path":"\#(naming.path)","value":\#(naming.value)}}"#)
        let answers = TimedAnswers(count: warmUp + count)
        owner.listener = answers
        var sent = 0
        func drive(to end: Int) throws(BenchError) {
            try site.loop.run(overdue: { "\(end - answers.count) answers to 'change'" }) {
                if sent < end, sent - answers.count < inFlight {
                    let now = Clock.now
                    repeat {
                        let index = random.next(below: states)
                        numbers[index] = random.next(below: Self.numbers)
                        answers.sendTimes[sent] = now
                        owner.send(change, Naming.base + sent, index, Naming.base + numbers[index])
                        sent += 1
                    } while sent < end && sent - answers.count < inFlight
                }
                return answers.count == end
            }
        }
        try drive(to: warmUp)

        answers.forgetLatencies()
        var figures: Figures = [:]
        figures[.memoryBefore] = site.memory
        let before = window.notifications
        let processor = site.daemon?.processorTime
        let start = Clock.now
        try drive(to: warmUp + count)
        let seconds = Double(Clock.now - start) / 1e9
        figures[.processorPerChange] = site.processor(since: processor, for: count)
        figures[.memoryAfter] = site.memory
        figures[.changesPerSecond] = Double(count) / seconds
        figures.note(answers.latencies)

        // What the viewer is owed has come before the answer to this.
        viewer.send(#"{"id":2,"method":"echo"}"#)
        try site.loop.run(overdue: { "the answer to 'echo'" }) { window.answers == 2 }
        figures[.notifications] = Double(window.notifications - before)
        try window.check(against: numbers)
        return figures
    }

    /// The numbers in the values are below this.
    private static var numbers: Int { 1_000_000_000 }
}

/// The window of a sorted fetch, kept by applying what comes.
private final class Window: Listener {
    static var size: Int { 10 }
    private(set) var notifications = 0
    private(set) var answers = 0
    private let prefix: String
    private var entries: [Int: (path: String, number: Int)] = [:]

    init(prefix: String) { self.prefix = prefix }

    override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
        guard let json = try? JSON(parsing: Array(message)) else { throw .unexpected(message) }
        if let error = json["error"] { throw .refused(error.description) }
        guard let params = json["params"] else {
            answers += 1
            return
        }
        guard let count = params["n"]?.int, let changes = params["changes"]?.array else { throw .unexpected(message) }
        for change in changes {
            guard let index = change["index"]?.int, let path = change["path"]?.string,
                let number = change["value"]?["n"]?.int
            else { throw .unexpected(message) }
            entries[index] = (path, number)
        }
        entries = entries.filter { $0.key <= count }
        notifications += 1
    }

    /// Demands that the window is what sorting all States gives.
    ///
    /// - Throws: `BenchError.wrong` if it is not.
    func check(against numbers: ContiguousArray<Int>) throws(BenchError) {
        let order = numbers.indices.sorted { (numbers[$1], $0) < (numbers[$0], $1) }
        for (place, index) in order.prefix(Self.size).enumerated() {
            let entry = entries[place + 1]
            guard entry?.path.hasPrefix(prefix) == true,
                entry.flatMap({ Int($0.path.dropFirst(prefix.count)) }) == index,
                entry?.number == Naming.base + numbers[index]
            else {
                throw .wrong(
                    "Place \(place + 1) of the sorted window has \(entry.map { "\($0)" } ?? "nothing"), not State "
                        + "\(index) with \(Naming.base + numbers[index]).")
            }
        }
        guard entries.count == min(Self.size, numbers.count) else {
            throw .wrong("The sorted window has \(entries.count) entries.")
        }
    }
}

/// Random numbers that are the same each time; Donald Knuth's MMIX generator.
private struct LinearCongruence {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A number from 0 up to, not including, `bound`.
    mutating func next(below bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(truncatingIfNeeded: (state >> 32).multipliedFullWidth(by: UInt64(bound) << 32).high)
    }
}
