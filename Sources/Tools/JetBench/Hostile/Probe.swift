import JSONText
import JetProtocol

/// What the honest peers try on a *fresh* connection, again and again: whether one can still connect, and log in.
final class Probe {
    /// What is tried.
    enum Kind: String, CaseIterable, Sendable {
        /// Connecting, and one echo.
        case connect
        /// Connecting, and `authenticate` with the right password.
        case login

        fileprivate var request: String {
            switch self {
            case .connect: #"{"id":1,"method":"echo","params":1}"#
            case .login: Door.authenticate(Account.loginUser, Account.honest.password)
            }
        }
    }

    let kind: Kind
    private(set) var latencies = Histogram()
    private(set) var failures = 0
    private(set) var reason: String?
    private let door: Door
    private let loop: LoadLoop
    private var trial: Trial?
    private var link: Link?
    private var next: UInt64 = 0

    init(_ kind: Kind, _ door: Door, on loop: LoadLoop) {
        (self.kind, self.door, self.loop) = (kind, door, loop)
    }

    var isWaiting: Bool { trial != nil }
    /// Whether there is a result, or will be one.
    var hasTried: Bool { isWaiting || failures + latencies.count > 0 }

    /// For how long the answer has been missing, in seconds.
    func silence(at now: UInt64) -> Double { trial.map { Double(now &- min(now, $0.start)) / 1e9 } ?? 0 }

    /// Starts the next trial when it is time, and finishes one that was answered.
    func turn(at now: UInt64, mayStart: Bool) {
        if let trial, trial.isDone {
            if let failure = trial.failure { fail(failure) } else { latencies.note(trial.end &- trial.start) }
            finish(at: now)
        }
        guard trial == nil, mayStart, now >= next else { return }
        let trial = Trial()
        do throws(BenchError) {
            let link = try door.connect(.honest, on: loop, isFresh: true, listener: trial)
            link.send(kind.request)
            self.link = link
            self.trial = trial
        } catch {
            fail(error.description)
            finish(at: now)
        }
    }

    /// Counts a trial that was not answered as lost.
    func end(at now: UInt64) {
        guard let trial else { return }
        fail("no answer for \(BenchText.seconds(silence(at: now)))")
        latencies.note(now &- min(now, trial.start))
        finish(at: now)
    }

    var problem: String? {
        reason.map { "\(failures) of \(failures + latencies.count) attempts to \(kind.rawValue) failed: \($0)" }
    }

    private func fail(_ sentence: String) {
        failures += 1
        reason = reason ?? sentence
    }

    private func finish(at now: UInt64) {
        if let link, link.descriptor >= 0 { loop.close(link) }
        (link, trial, next) = (nil, nil, now + 50_000_000)
    }

    private final class Trial: Listener {
        let start = Clock.now
        private(set) var end: UInt64 = 0
        private(set) var failure: String?
        var isDone: Bool { end > 0 }

        override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
            let answer = try? JSON(parsing: Array(message))
            if answer?["result"] == nil { failure = "the answer was \(answer?.description.prefix(200) ?? "not JSON")" }
            end = max(time, start + 1)
        }

        override func closed(_ link: Link, to endpoint: Endpoint) throws(BenchError) {
            guard !isDone else { return }
            failure = "the daemon closed the connection"
            end = Clock.now
        }
    }
}
