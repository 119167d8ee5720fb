package import JSONText

/// *Snapshots*: a new peer fetches many States, and has to be told of all of them.
///
/// Latency is from the moment a fetch is sent to the moment its last State has come.
package struct Snapshot: Mode {
    package static let name = "snapshot"
    /// How many snapshots are measured.
    package var count = 5
    /// How many go ahead unmeasured.
    package var warmUp = 1
    /// How many bytes a value has.
    package var size = 32
    /// How many States there are.
    package var states = 100_000

    /// The defaults.
    package init() {}

    package var settings: JSON.Object {
        ["count": .number(count), "warmUp": .number(warmUp), "size": .number(size), "states": .number(states)]
    }

    package var summary: String { "\(count) snapshots of \(states) States of \(size) bytes" }

    package var connections: Int { 3 }

    package var figures: [Figure] { [.statesPerSecond, .latencyP50, .latencyMax] }

    package func measure(at site: Site) throws(BenchError) -> Figures {
        let owner = try site.connect(Listener())
        try site.addStates(states, from: owner)
        for _ in 0..<warmUp { _ = try take(at: site) }

        var figures: Figures = [:]
        var latencies = Histogram()
        var duration: UInt64 = 0
        var processor: Double?
        figures[.memoryBefore] = site.memory
        for _ in 0..<count {
            let before = site.daemon?.processorTime
            let taken = try take(at: site)
            processor = site.processor(since: before, for: 1).map { $0 + (processor ?? 0) }
            latencies.note(taken)
            duration += taken
        }
        figures[.memoryAfter] = site.memory
        figures[.statesPerSecond] = Double(states * count) / (Double(duration) / 1e9)
        figures[.processorPerState] = processor.map { $0 / Double(states * count) }
        figures.note(latencies)
        return figures
    }

    /// Takes one snapshot; returns how long it took, in nanoseconds.
    private func take(at site: Site) throws(BenchError) -> UInt64 {
        let viewer = Viewer(states: states, prefix: site.naming.prefix)
        let link = try site.connect(viewer)
        defer { site.loop.close(link) }
        let start = Clock.now
        link.send(#"{"id":\#(Naming.base),"method":"fetch","params":{"id":"s",\#(site.naming.rule)}}"#)
        try site.loop.run(overdue: { "\(states - viewer.count) of \(states) States of a snapshot" }) {
            viewer.count == states
        }
        return viewer.lastTime - start
    }
}

/// A subscriber that expects each State once, with its own value.
private final class Viewer: Listener {
    private(set) var count = 0
    private(set) var lastTime: UInt64 = 0
    private var isKnown: ContiguousArray<Bool>
    private var reader: NotificationReader
    private var answers = ResponseReader()

    init(states: Int, prefix: String) {
        isKnown = ContiguousArray(repeating: false, count: states)
        reader = NotificationReader(prefix: prefix)
    }

    override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
        guard let event = try reader.read(message) else {
            guard try answers.read(message) != nil else { throw .unexpected(message) }
            return
        }
        guard event.kind == .add, event.index < isKnown.count, !isKnown[event.index],
            event.number == Naming.base + event.index
        else { throw .unexpected(message) }
        isKnown[event.index] = true
        count += 1
        lastTime = time
    }
}
