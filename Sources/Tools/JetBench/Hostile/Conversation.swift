import JSONText
import JetProtocol

/// A *conversation* of the honest peers: requests with consecutive ids whose answers must come, be right, and be in order.
/// It measures how long each takes.
class Conversation: Listener {
    /// What it is, for problems: "echo".
    let name: String
    private(set) var latencies = Histogram()
    /// The first thing that went wrong, in one sentence.
    private(set) var problem: String?
    /// When each request was sent.
    private var sendTimes: ContiguousArray<UInt64> = []
    private(set) var answered = 0

    init(_ name: String) { self.name = name }

    var sent: Int { sendTimes.count }
    var isComplete: Bool { answered == sent }

    /// Notes that a request is sent now.
    ///
    /// - Returns: Its id.
    func nextID() -> Int {
        sendTimes.append(Clock.now)
        return Naming.base + sendTimes.count - 1
    }

    /// For how long an answer has been missing, in seconds.
    func silence(at now: UInt64) -> Double {
        isComplete ? 0 : Double(now &- min(now, sendTimes[answered])) / 1e9
    }

    /// Notes the answer to a request.
    func take(_ answer: JSON, at time: UInt64) {
        guard let id = answer["id"]?.int, !isComplete, id == Naming.base + answered else {
            return fail("\(name) was answered out of order: \(answer.description.prefix(200))")
        }
        guard answer["result"].map({ isRight($0, id) }) ?? false else {
            answered += 1
            return fail("\(name) was answered by \(answer.description.prefix(200))")
        }
        latencies.note(time &- min(time, sendTimes[answered]))
        answered += 1
    }

    /// Counts what is still missing as lost.
    func end(at now: UInt64) {
        guard !isComplete else { return }
        fail("no answer to \(name) for \(BenchText.seconds(silence(at: now)))")
        // What never came took at least as long as it was waited for.
        for time in sendTimes[answered...] { latencies.note(now &- min(now, time)) }
        answered = sent
    }

    /// Whether a result is the one to the request.
    func isRight(_ result: JSON, _ id: Int) -> Bool { result.int == id }

    /// Notes something that must not be.
    func fail(_ sentence: String) { problem = problem ?? sentence }

    override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
        guard let answer = try? JSON(parsing: Array(message)) else { throw .unexpected(message) }
        take(answer, at: time)
    }

    override func closed(_ link: Link, to endpoint: Endpoint) throws(BenchError) {
        fail("the daemon closed the connection of the honest peer's \(name)")
    }
}

/// The caller of sets. It has fetched the State as well, and must see the values in their order, and the last one.
final class SetConversation: Conversation {
    private(set) var lastValue = 0

    override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
        guard let message = try? JSON(parsing: Array(message)) else { throw .unexpected(message) }
        guard message["method"] != nil else { return take(message, at: time) }
        let value = message["params"]?["value"]?.int ?? -1
        if value <= lastValue, message["params"]?["event"] == "change" {
            fail("the value \(value) was notified after \(lastValue)")
        }
        lastValue = value
    }

    override func isRight(_ result: JSON, _ id: Int) -> Bool { result == .boolean(true) }
}

/// The owner that answers them.
final class SetOwner: Listener {
    private let path: String
    /// The value of the last set.
    private(set) var last: Int?
    private(set) var problem: String?

    init(path: String) { self.path = path }

    override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
        guard let request = try? JSON(parsing: Array(message)) else { throw .unexpected(message) }
        guard request["method"] != nil else { return }
        guard let id = request["id"], let value = request["params"]?["value"]?.int else {
            throw .unexpected(message)
        }
        if value != (last.map { $0 + 1 } ?? Naming.base) {
            problem = "the owner received the set \(value) after \(last ?? 0)"
        }
        last = value
        link.send(#"{"id":\#(id),"result":true}"#)
        link.send(#"{"method":"change","params":{"path":"\#(path)","value":\#(value)}}"#)
    }

    override func closed(_ link: Link, to endpoint: Endpoint) throws(BenchError) {
        problem = problem ?? "the daemon closed the connection of the honest owner"
    }
}
