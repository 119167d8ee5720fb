package import JSONText

/// *Fan-out*: one peer changes its States in turn, and each change is notified to every subscriber. This is what a bus is
/// for, and the path that has to be fast.
///
/// Latency is from the moment a change is rendered to the moment its notification is read, of all notifications; with
/// many changes in flight it is mostly the time in the queue.
package struct FanOut: Mode {
    package static let name = "fan-out"
    /// How many changes are measured.
    package var count = 100_000
    /// How many go ahead unmeasured.
    package var warmUp = 10_000
    /// How many bytes a value has.
    package var size = 32
    /// The number of subscribers.
    package var subscribers = 10
    /// How many States are changed in turn.
    package var states = 100
    /// The number of additional fetchers that match nothing.
    package var fetchers = 0
    /// How many changes may be without an answer.
    package var inFlight = 64

    /// The defaults.
    package init() {}

    package var settings: JSON.Object {
        [
            "count": .number(count), "warmUp": .number(warmUp), "size": .number(size),
            "subscribers": .number(subscribers), "states": .number(states), "fetchers": .number(fetchers),
            "inFlight": .number(inFlight),
        ]
    }

    package var summary: String {
        "\(count) changes of \(states) States of \(size) bytes, \(subscribers) subscribers, "
            + (fetchers > 0 ? "\(fetchers) fetchers that match nothing, " : "") + "\(inFlight) in flight"
    }

    package var connections: Int { subscribers + (fetchers > 0 ? 3 : 2) }

    package var figures: [Figure] { [.notificationsPerSecond, .changesPerSecond, .latencyP50, .latencyMax] }

    package func measure(at site: Site) throws(BenchError) -> Figures {
        let answers = ResponseCounter()
        let owner = try site.connect(answers)
        try site.addStates(states, from: owner)
        let told = Subscriptions(changes: count + warmUp, states: states, prefix: site.naming.prefix)
        try told.open(subscribers, at: site)
        try site.addFetchers(fetchers)

        let naming = site.naming
        let change = Template(
            #"{"id":##########,"method":"change","params":{"path":"\#(naming.path)","value":\#(naming.value)}}"#)
        var sent = 0
        /// Sends changes up to `end`, and waits for all that they bring about.
        func drive(to end: Int) throws(BenchError) {
            try site.loop.run(overdue: { "\((end * subscribers) - told.notifications) notifications of changes" }) {
                if sent < end, sent - answers.count < inFlight {
                    let now = Clock.now
                    repeat {
                        told.sendTimes[sent] = now
                        owner.send(change, Naming.base + sent, sent % states, Naming.base + sent)
                        sent += 1
                    } while sent < end && sent - answers.count < inFlight
                }
                return answers.count == end && told.notifications == end * subscribers
            }
        }
        try drive(to: warmUp)

        told.latencies = Histogram()
        var figures: Figures = [:]
        figures[.memoryBefore] = site.memory
        let processor = site.daemon?.processorTime
        let start = Clock.now
        try drive(to: warmUp + count)
        let seconds = Double(Clock.now - start) / 1e9
        figures[.processorPerNotification] = site.processor(since: processor, for: count * subscribers)
        figures[.memoryAfter] = site.memory
        figures[.changesPerSecond] = Double(count) / seconds
        figures[.notificationsPerSecond] = Double(count * subscribers) / seconds
        figures.note(told.latencies)
        try told.check()
        return figures
    }
}
