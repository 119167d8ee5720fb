package import JSONText

/// *Adding and removing*: one peer adds States and removes them, while others may look for something else: every new path
/// has to be tried on them.
///
/// Latency is that of the adds, from the moment one is rendered to the moment its answer is read.
package struct AddRemove: Mode {
    package static let name = "add"
    /// How many States are added and removed.
    package var count = 100_000
    /// How many are added and removed ahead, unmeasured.
    package var warmUp = 10_000
    /// How many bytes a value has.
    package var size = 32
    /// How many fetchers there are that match nothing.
    package var fetchers = 0
    /// What they look for.
    package var predicate = Predicate.equals
    /// How many requests may be without an answer.
    package var inFlight = 256

    /// The defaults.
    package init() {}

    package var settings: JSON.Object {
        [
            "count": .number(count), "warmUp": .number(warmUp), "size": .number(size), "fetchers": .number(fetchers),
            "predicate": .string(predicate.rawValue), "inFlight": .number(inFlight),
        ]
    }

    package var summary: String {
        "\(count) States of \(size) bytes, "
            + (fetchers > 0 ? "\(fetchers) fetchers with '\(predicate.rawValue)' that match nothing, " : "")
            + "\(inFlight) in flight"
    }

    package var connections: Int { fetchers > 0 ? 2 : 1 }

    package var figures: [Figure] { [.addsPerSecond, .removesPerSecond, .latencyP50, .latencyMax] }

    package func measure(at site: Site) throws(BenchError) -> Figures {
        let naming = site.naming
        try site.addFetchers(fetchers, predicate: predicate)
        let owner = try site.connect(Listener())
        let add = Template(
            #"{"id":##########,"method":"add","params":{"path":"\#(naming.path)","value":\#(naming.value)}}"#)
        let remove = Template(#"{"id":##########,"method":"remove","params":{"path":"\#(naming.path)"}}"#)
        /// Sends a request for each State.
        func drive(_ template: borrowing Template, _ count: Int, _ what: String) throws(BenchError) -> (
            seconds: Double, processor: Double?, latencies: Histogram
        ) {
            let answers = TimedAnswers(count: count)
            owner.listener = answers
            let processor = site.daemon?.processorTime
            let start = Clock.now
            var sent = 0
            try site.loop.run(overdue: { "\(count - answers.count) of \(count) answers to '\(what)'" }) {
                if sent < count, sent - answers.count < inFlight {
                    let now = Clock.now
                    repeat {
                        answers.sendTimes[sent] = now
                        owner.send(template, Naming.base + sent, sent, Naming.base + sent)
                        sent += 1
                    } while sent < count && sent - answers.count < inFlight
                }
                return answers.count == count
            }
            let seconds = Double(Clock.now - start) / 1e9
            return (seconds, site.processor(since: processor, for: count), answers.latencies)
        }
        _ = try drive(add, warmUp, "add")
        _ = try drive(remove, warmUp, "remove")

        var figures: Figures = [:]
        figures[.memoryBefore] = site.memory
        let added = try drive(add, count, "add")
        figures[.memoryAfter] = site.memory
        try check(site, isThere: true)
        let removed = try drive(remove, count, "remove")
        try check(site, isThere: false)
        figures[.addsPerSecond] = Double(count) / added.seconds
        figures[.removesPerSecond] = Double(count) / removed.seconds
        figures[.processorPerAdd] = added.processor
        figures[.processorPerRemove] = removed.processor
        if let before = figures[.memoryBefore], let after = figures[.memoryAfter] {
            figures[.bytesPerState] = max(0, after - before) / Double(count)
        }
        figures.note(added.latencies)
        return figures
    }

    /// Demands that the daemon has the last State with its value, or none.
    private func check(_ site: Site, isThere: Bool) throws(BenchError) {
        let path = site.naming.path(count - 1)
        let found = try site.get(#""path":{"equals":"\#(path)"}"#).first?["value"]?["n"]?.int
        guard found == (isThere ? Naming.base + count - 1 : nil) else {
            throw .wrong("The value of the State '\(path)' has the wrong number \(found.map(String.init) ?? "none").")
        }
        guard !isThere else { return }
        guard try site.get(site.naming.rule).isEmpty else {
            throw .wrong("The daemon still has States that were removed.")
        }
    }
}
