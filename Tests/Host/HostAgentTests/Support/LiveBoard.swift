import JSONText
import Synchronization

@testable import AgentCore
@testable import Providers

/// What a provider that runs has reported last.
final class LiveBoard: Sendable {
    private let reports = Reports()
    private let states = Mutex<[String: JSON]>([:])

    /// Takes a report.
    func put(_ readings: [Reading]) { reports.put(readings, of: "live") }

    /// Waits until what is reported fulfils `condition`; the test's time limit bounds it.
    func holds(_ condition: ([String: JSON]) -> Bool) async {
        while !condition(states.withLock { $0 }), await reports.wait() {
            for report in reports.take() {
                let values = report.readings.map { ($0.path, $0.value) }
                states.withLock { $0 = Dictionary(values) { first, _ in first } }
            }
        }
    }

    /// The destinations of all routes.
    var destinations: [String] {
        states.withLock { $0["network/routes"]?["routes"]?.array ?? [] }.compactMap { $0["destination"]?.string }
    }
}
