internal import DocumentedEvents
internal import JSONText
package import Jet
internal import Logging
internal import Text

/// Who did what to the machine, in the log: one line for each set and call, whatever came of it; but of somebody who does
/// very much, as who moves a slider, not all of it.
package struct ControlLog: Sendable {
    private let events: EventLog

    init(_ logger: Logger) { events = EventLog(logger, bounds: .record) }

    /// Carries out a control and writes down who asked for what, and what came of it.
    func noting<Result>(
        _ verb: String, _ path: String, _ argument: JSON, by caller: Caller?, _ control: () async throws -> Result
    ) async throws -> Result {
        let name = Self.name(caller)
        let metadata: Logger.Metadata = [
            "path": "\(path)", "by": "\(name)",
            // A value may be of any size; what matters stands at its beginning.
            "value": "\(argument.description.prefix(Self.longestValue))",
        ]
        do {
            let result = try await control()
            events.note(AgentEvent.controlDone, by: name, saying: "\(verb)", metadata)
            return result
        } catch {
            // It may quote what was asked for.
            let reason = ((error as? JetError)?.message ?? "\(error)").printable(atMost: Self.longestReason)
            events.note(
                AgentEvent.controlRefused, by: name, saying: "not \(verb)",
                metadata.merging(["reason": "\(reason)"]) { $1 })
            throw error
        }
    }

    /// The best that is known of a caller: whom it authenticated as, who runs it, or what it calls itself. That is written
    /// into logs, records and on terminals: it is one line, and short; and what anybody can call itself says that it is
    /// nothing more.
    package static func name(_ caller: Caller?) -> String {
        if let user = caller?.user { return user.printable(atMost: longestName) }
        if let uid = caller?.uid { return "uid \(uid)" }
        guard let peer = caller?.peer else { return "an unknown peer" }
        return "peer named '\(peer.printable(atMost: longestName))'"
    }

    private static let longestValue = 200
    private static let longestReason = 500
    private static let longestName = 64
}
