import JSONText
import JetProtocol

/// What became of the messages and connections of the attackers.
package struct Tally: Sendable {
    /// Requests sent.
    package internal(set) var sent = 0
    /// Requests answered, with a result or an error.
    package internal(set) var answered = 0
    /// Requests refused because of a limit (-32010), by its name.
    package internal(set) var refused: [String: Int] = [:]
    /// Other errors, by the key of their data or their code.
    package internal(set) var errors: [String: Int] = [:]
    /// Connections opened.
    package internal(set) var connections = 0
    /// Connections that could not be opened.
    package internal(set) var connectionsRefused = 0
    /// Connections that the daemon has closed.
    package internal(set) var connectionsClosed = 0

    /// The number of requests refused because of a limit.
    package var refusals: Int { refused.values.reduce(0, +) }

    /// Counts the error in `message`, if it is one.
    mutating func note(_ message: UnsafeRawBufferPointer) {
        guard Self.hasError(message) else { return }
        let answer = message.count <= 16 << 10 ? try? JSON(parsing: Array(message)) : nil
        guard let error = answer?["error"] else { return errors["other", default: 0] += 1 }
        let code = error["code"]?.int ?? 0
        if code == ErrorCode.limitExceeded.rawValue, let limit = error["data"]?["limit"]?.string {
            refused[limit, default: 0] += 1
        } else {
            errors[error["data"]?.object?.first?.name ?? "\(code)", default: 0] += 1
        }
    }

    /// Whether a message is a response: results are too long to be parsed just to be counted.
    static func isResponse(_ message: UnsafeRawBufferPointer) -> Bool {
        let start = message.prefix(10)
        return !start.starts(with: #"{"method""#.utf8)
    }

    /// Whether `"error"` comes before any result.
    private static func hasError(_ message: UnsafeRawBufferPointer) -> Bool {
        let start = message.prefix(48)
        for place in start.indices where start[place] == UInt8(ascii: "\"") {
            if start[place...].starts(with: #""error":"#.utf8) { return true }
            if start[place...].starts(with: #""result":"#.utf8) { return false }
        }
        return false
    }
}

/// A peer of the attack: it counts what it is answered, and survives refusals and the end of its connection.
final class HostilePeer: Listener {
    private let scene: Scene
    private let isAttacker: Bool
    private(set) var link: Link?
    /// The number of requests sent.
    private(set) var sent = 0
    private var answered = 0

    init(_ scene: Scene, isAttacker: Bool) { (self.scene, self.isAttacker) = (scene, isAttacker) }

    /// Whether it is connected.
    var isOpen: Bool { link != nil }
    /// The number of requests without an answer.
    var inFlight: Int { sent - answered }

    func opened(_ link: Link) {
        self.link = link
        if isAttacker { scene.tally.connections += 1 }
    }

    /// Sends a request.
    func send(_ template: borrowing Template, _ first: Int = 0, _ second: Int = 0, _ third: Int = 0) {
        count(1)
        link?.send(template, first, second, third)
    }

    /// Sends a message that causes `answers` responses.
    func send(_ message: [UInt8], answers: Int = 1) {
        count(answers)
        link?.send(message)
    }

    private func count(_ answers: Int) {
        sent += answers
        if isAttacker { scene.tally.sent += answers } else { scene.publisherTally.sent += answers }
    }

    /// Closes the connection.
    func close() {
        if let link, link.descriptor >= 0 { scene.loop.close(link) }
        forget()
    }

    private func forget() {
        link = nil
        answered = sent
    }

    override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
        guard Tally.isResponse(message) else { return }
        // An error before the connection is closed, such as that there are too many, answers no request.
        let isAnswer = answered < sent
        if isAnswer { answered += 1 }
        if isAttacker {
            scene.tally.note(message)
            if isAnswer { scene.tally.answered += 1 }
        } else {
            scene.publisherTally.note(message)
        }
    }

    override func closed(_ link: Link, to endpoint: Endpoint) throws(BenchError) {
        if isAttacker { scene.tally.connectionsClosed += 1 } else { scene.publisherTally.connectionsClosed += 1 }
        forget()
    }
}
