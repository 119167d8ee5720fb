import Glibc
package import JSONText
import JetProtocol

/// *Routing*: one peer sets the State of another one, which answers. Each set is four messages: the request, the routed
/// one, the owner's answer, and the answer.
///
/// Latency is from the moment a set is rendered to the moment its answer is read. With one in flight it is what a caller
/// waits; with many, throughput is what counts.
package struct Route: Mode {
    package static let name = "route"
    /// How many sets are measured.
    package var count = 100_000
    /// How many go ahead unmeasured.
    package var warmUp = 10_000
    /// How many bytes a value has.
    package var size = 32
    /// How many sets may be without an answer.
    package var inFlight = 64

    /// The defaults.
    package init() {}

    package var settings: JSON.Object {
        [
            "count": .number(count), "warmUp": .number(warmUp), "size": .number(size), "inFlight": .number(inFlight),
        ]
    }

    package var summary: String { "\(count) sets of \(size) bytes, \(inFlight) in flight" }

    package var connections: Int { 2 }

    package var figures: [Figure] { [.setsPerSecond, .latencyP50, .latencyMax] }

    package func measure(at site: Site) throws(BenchError) -> Figures {
        let naming = site.naming
        let owner = try site.connect(Listener())
        try site.addStates(1, from: owner)
        let asked = Owner()
        owner.listener = asked
        let answered = TimedAnswers(count: count + warmUp)
        let caller = try site.connect(answered)

        let set = Template(
            #"{"id":##########,"method":"set","params":{"path":"\#(naming.path(0))","value":\#(naming.value)}}"#)
        var sent = 0
        func drive(to end: Int) throws(BenchError) {
            try site.loop.run(overdue: { "\(end - answered.count) answers to 'set'" }) {
                if sent < end, sent - answered.count < inFlight {
                    let now = Clock.now
                    repeat {
                        answered.sendTimes[sent] = now
                        caller.send(set, Naming.base + sent, Naming.base + sent)
                        sent += 1
                    } while sent < end && sent - answered.count < inFlight
                }
                return answered.count == end
            }
        }
        try drive(to: warmUp)

        answered.forgetLatencies()
        var figures: Figures = [:]
        figures[.memoryBefore] = site.memory
        let processor = site.daemon?.processorTime
        let start = Clock.now
        try drive(to: warmUp + count)
        let seconds = Double(Clock.now - start) / 1e9
        figures[.processorPerSet] = site.processor(since: processor, for: count)
        figures[.memoryAfter] = site.memory
        figures[.setsPerSecond] = Double(count) / seconds
        figures.note(answered.latencies)
        guard asked.last == Naming.base + count + warmUp - 1 else {
            throw .wrong("The last set that the owner received was \(asked.last), which is not the last that was sent.")
        }
        return figures
    }
}

/// Answers each set that is routed to it, and demands that they come in the order in which they were asked for.
private final class Owner: Listener {
    private(set) var last = Naming.base - 1
    private var params = JSONMembers()
    private var value = JSONMembers()

    override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
        let bytes = message.bytes
        guard let id = parsed(bytes), let range = value.value("n", in: bytes),
            let number = Digits.read(message, at: range.start, range.count)
        else { throw .unexpected(message) }
        guard number == last + 1 else { throw .wrong("The owner received the set \(number) after \(last).") }
        last = number
        let idBytes = UnsafeRawBufferPointer(rebasing: message[id.start..<id.end])
        let head: StaticString = #"{"id":"#
        let tail: StaticString = #","result":true}"#
        link.send(length: head.utf8CodeUnitCount + idBytes.count + tail.utf8CodeUnitCount) { place in
            memcpy(place, head.utf8Start, head.utf8CodeUnitCount)
            (place + head.utf8CodeUnitCount).put(idBytes)
            memcpy(place + head.utf8CodeUnitCount + idBytes.count, tail.utf8Start, tail.utf8CodeUnitCount)
        }
    }

    /// The id of a routed request; notes the members of its value.
    private func parsed(_ bytes: RawSpan) -> ByteRange? {
        do throws(JSONError) {
            var scanner = JSONScanner(bytes)
            guard let parts = try scanner.message(params: &params), parts.method != nil,
                let range = params.value("value", in: bytes)
            else { return nil }
            var inside = JSONScanner(bytes, at: range.start)
            _ = try inside.members(into: &value)
            return parts.id
        } catch {
            return nil
        }
    }
}
