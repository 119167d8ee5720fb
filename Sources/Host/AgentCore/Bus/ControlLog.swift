internal import DocumentedEvents
internal import JSONText
internal import Jet
internal import Logging

/// Who did what to the machine, in the log: one line for each set and call, whatever came of it; but of somebody who does
/// very much, as who moves a slider, not all of it.
struct ControlLog: Sendable {
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
            let reason = Self.line((error as? JetError)?.message ?? "\(error)", atMost: Self.longestReason)
            events.note(
                AgentEvent.controlRefused, by: name, saying: "not \(verb)",
                metadata.merging(["reason": "\(reason)"]) { $1 })
            throw error
        }
    }

    /// The best that is known of a caller: whom it authenticated as, who runs it, or what it calls itself. That is written
    /// into logs, records and on terminals: it is one line, and short; and what anybody can call itself says that it is
    /// nothing more.
    static func name(_ caller: Caller?) -> String {
        if let user = caller?.user { return line(user, atMost: longestName) }
        if let uid = caller?.uid { return "uid \(uid)" }
        guard let peer = caller?.peer else { return "somebody" }
        return "somebody who says '\(line(peer, atMost: longestName))'"
    }

    /// The text without what could begin a line of its own, or tell a terminal something.
    static func line(_ text: String, atMost length: Int) -> String {
        let printable = text.unicodeScalars.lazy.filter { isPrintable($0) }
        return String(String.UnicodeScalarView(printable.prefix(length)))
    }

    /// Whether it is no control character, of ASCII or of the 8-bit ones that terminals obey, too, and no line's end.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: false
        default: true
        }
    }

    private static let longestValue = 200
    private static let longestReason = 500
    private static let longestName = 64
}
