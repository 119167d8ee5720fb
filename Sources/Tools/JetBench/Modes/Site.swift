import JSONText
import Jet
import JetProtocol

/// Where one measurement takes place: a loop with its connections, names that are its own, and the daemon's process to be
/// looked at.
package final class Site {
    let endpoint: Endpoint
    let loop: LoadLoop
    let naming: Naming
    /// `nil` if it was not found.
    let daemon: DaemonProcess?
    private let control: Link
    private let answers = Answers()

    /// Connects to the daemon.
    ///
    /// - Parameters:
    ///   - pid: The daemon's process, if somebody knows it.
    ///   - patience: The timeout for expected messages, in seconds.
    ///   - security: Which daemons are trusted, for TLS.
    init(
        endpoint: Endpoint, size: Int, connections: Int, pid: Int32?, patience: Double, security: Peer.Security
    ) throws(BenchError) {
        try Socket.allow(connections + 1)
        self.endpoint = endpoint
        naming = Naming(size: size)
        loop = try LoadLoop(patience: patience, security: security)
        control = try loop.connect(to: endpoint, listener: answers)
        // Once it has answered, the connection is accepted, and its process can be found.
        try Self.ask(#""method":"info""#, control, answers, loop)
        daemon = pid.map(DaemonProcess.init) ?? DaemonProcess.serving(control.descriptor, at: endpoint)
    }

    /// Opens a connection.
    func connect(_ listener: Listener) throws(BenchError) -> Link {
        try loop.connect(to: endpoint, listener: listener)
    }

    /// Ends all connections, and with them all that the measurement has added; waits until the daemon has taken it out.
    func clear() throws(BenchError) {
        loop.closeAll()
        let waiting = try loop.connect(to: endpoint, listener: answers)
        let start = Clock.now
        while try get(naming.rule, on: waiting).isEmpty == false {
            guard Double(Clock.now - start) < loop.patience * 1e9 else {
                throw .overdue("the removal of what was added", seconds: loop.patience)
            }
        }
        loop.closeAll()
    }

    // MARK: Asking

    /// The elements that a rule names, as `get` answers.
    func get(_ rule: String) throws(BenchError) -> [JSON] { try get(rule, on: control) }

    private func get(_ rule: String, on link: Link) throws(BenchError) -> [JSON] {
        let answer = try Self.ask(#""method":"get","params":{\#(rule)}"#, link, answers, loop)
        guard let list = answer["result"]?.array else { throw .wrong("'get' was answered by \(answer).") }
        return Array(list)
    }

    @discardableResult
    private static func ask(
        _ request: String, _ link: Link, _ answers: Answers, _ loop: LoadLoop
    ) throws(BenchError) -> JSON {
        answers.last = nil
        link.send("{\"id\":1,\(request)}")
        try loop.run(overdue: { "the answer to {\(request)}" }) { () throws(BenchError) in answers.last != nil }
        return answers.last ?? .null
    }

    // MARK: Preparing

    /// Adds States with the numbers from 0 on in their values, and waits for all answers.
    ///
    /// - Parameter number: What stands in the value of each.
    func addStates(
        _ count: Int, from owner: Link, number: (Int) -> Int = { $0 }
    ) throws(BenchError) {
        let template = Template(
            #"{"id":##########,"method":"add","params":{"path":"\#(naming.path)","value":\#(naming.value)}}"#)
        try request(count, on: owner, inFlight: 256, what: "add") { index in
            owner.send(template, Naming.base + index, index, Naming.base + number(index))
        }
    }

    /// Adds fetchers, on a connection of their own, for which no path of the measurement is.
    func addFetchers(_ count: Int, predicate: Predicate = .equals) throws(BenchError) {
        guard count > 0 else { return }
        let link = try connect(Listener())
        let template = Template(
            #"{"id":##########,"method":"fetch","params":{"id":"f######","path":{"\#(predicate.rawValue)":"#
                + #""nothing/\#(naming.prefix)######"}}}"#)
        try request(count, on: link, inFlight: 256, what: "fetch") { index in
            link.send(template, Naming.base + index, index, index)
        }
    }

    /// Sends requests, a number of them at a time, and waits for their answers. The link gets another listener for that.
    func request(
        _ count: Int, on link: Link, inFlight: Int, what: String, _ send: (Int) -> Void
    ) throws(BenchError) {
        let before = link.listener
        defer { link.listener = before }
        let counter = ResponseCounter()
        link.listener = counter
        var sent = 0
        try loop.run(overdue: { "\(count - counter.count) of \(count) answers to '\(what)'" }) {
            while sent < count, sent - counter.count < inFlight {
                send(sent)
                sent += 1
            }
            return counter.count == count
        }
    }

    // MARK: The daemon

    /// What the daemon's processor has done for something, in microseconds for each of `count`.
    func processor(since start: UInt64?, for count: Int) -> Double? {
        guard let start, let end = daemon?.processorTime, count > 0 else { return nil }
        return Double(end - min(start, end)) / 1000 / Double(count)
    }

    /// The daemon's resident memory.
    var memory: Double? { daemon?.residentMemory.map(Double.init) }
}

/// What the fetchers look for that match nothing.
package enum Predicate: String, CaseIterable, Sendable {
    case equals, startsWith, endsWith, contains
}

/// Keeps the last answer.
private final class Answers: Listener {
    var last: JSON?

    override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
        guard let answer = try? JSON(parsing: Array(message)) else { throw .unexpected(message) }
        if let error = answer["error"] { throw .refused(error.description) }
        last = answer
    }
}

/// Counts answers, which must be free of errors.
final class ResponseCounter: Listener {
    private(set) var count = 0
    private var reader = ResponseReader()

    override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
        guard try reader.read(message) != nil else { throw .unexpected(message) }
        count += 1
    }
}
