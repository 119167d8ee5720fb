package import JSONText

/// *Connections*: many peers connect, each with one fetch, and are notified of a few changes. What counts is the memory that
/// each of them costs the daemon.
///
/// Latency is from the moment a change is sent to the moment it is read, of all peers; the longest is how long it takes to
/// tell all of them.
package struct Connections: Mode {
    package static let name = "connections"
    /// How many peers connect.
    package var count = 1_000
    /// The number of changes that each is notified of.
    package var changes = 10
    /// How many bytes a value has.
    package var size = 32

    /// The defaults.
    package init() {}

    package var settings: JSON.Object {
        ["count": .number(count), "changes": .number(changes), "size": .number(size)]
    }

    package var summary: String { "\(count) connections with a fetch each, told of \(changes) changes" }

    package var connections: Int { count + 1 }

    package var figures: [Figure] { [.connectionsPerSecond, .latencyP50, .latencyMax] }

    package func measure(at site: Site) throws(BenchError) -> Figures {
        var figures: Figures = [:]
        figures[.memoryBefore] = site.memory
        let processor = site.daemon?.processorTime
        let start = Clock.now
        let told = Crowd(prefix: site.naming.prefix, changes: changes)
        for _ in 0..<count {
            let link = try site.connect(told)
            link.send(#"{"id":\#(Naming.base),"method":"fetch","params":{"id":"f",\#(site.naming.rule)}}"#)
        }
        try site.loop.run(overdue: { "\(count - told.answers) of \(count) answers to 'fetch'" }) {
            told.answers == count
        }
        let seconds = Double(Clock.now - start) / 1e9
        figures[.processorPerConnection] = site.processor(since: processor, for: count)
        figures[.memoryAfter] = site.memory
        figures[.connectionsPerSecond] = Double(count) / seconds
        if let before = figures[.memoryBefore], let after = figures[.memoryAfter] {
            figures[.bytesPerConnection] = max(0, after - before) / Double(count)
        }

        let naming = site.naming
        let owner = try site.connect(Listener())
        try site.addStates(1, from: owner) { _ in 0 }
        let change = Template(#"{"method":"change","params":{"path":"\#(naming.path(0))","value":\#(naming.value)}}"#)
        for number in 0...changes {
            told.sendTime = Clock.now
            if number > 0 { owner.send(change, Naming.base + number) }
            try site.loop.run(overdue: { "\(count - told.heard[number]) of \(count) notifications" }) {
                told.heard[number] == count
            }
            // Being told of the State itself is no change.
            if number == 0 { told.latencies = Histogram() }
        }
        figures.note(told.latencies)
        return figures
    }
}

/// All the peers, which hear the same.
private final class Crowd: Listener {
    private(set) var answers = 0
    /// How many have heard of each number.
    private(set) var heard: [Int]
    var sendTime: UInt64 = 0
    var latencies = Histogram()
    private var notifications: NotificationReader
    private var responses = ResponseReader()

    init(prefix: String, changes: Int) {
        notifications = NotificationReader(prefix: prefix)
        heard = [Int](repeating: 0, count: changes + 1)
    }

    override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
        guard let event = try notifications.read(message) else {
            guard try responses.read(message) != nil else { throw .unexpected(message) }
            answers += 1
            return
        }
        guard heard.indices.contains(event.number - Naming.base) else { throw .unexpected(message) }
        heard[event.number - Naming.base] += 1
        latencies.note(time &- min(time, sendTime))
    }
}
