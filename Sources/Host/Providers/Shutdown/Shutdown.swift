internal import AgentCore
internal import Moments
internal import JSONText
internal import JetProtocol

/// What the bus shows of shutting the machine down.
enum Shutdown {
    static let state = "system/shutdown"
    static let reboot = "system/reboot"
    static let poweroff = "system/poweroff"
    static let cancel = "system/shutdown/cancel"

    /// What the methods take, as a JSON schema.
    private static let arguments = """
        {"type": "object", "properties": {"delay": {"type": "integer", "minimum": 0, "maximum": 86400, "default": 10}, \
        "reason": {"type": "string"}}}
        """

    /// The state and the methods.
    static func readings(_ pending: ScheduledShutdown?, by author: String?) -> [Reading] {
        return [
            Reading(
                state, ["pending": pending.map { value($0, by: author) } ?? .null],
                Metadata(title: "Scheduled shutdown", datatype: .json)),
            .method(reboot, Metadata(title: "Reboot the machine", datatype: .json, format: arguments)),
            .method(poweroff, Metadata(title: "Power the machine off", datatype: .json, format: arguments)),
            .method(cancel, Metadata(title: "Call the scheduled shutdown off")),
        ]
    }

    /// `{type, at, by, message, begun}`: `by` is who asked for it over the bus, `null` for others (and after the agent
    /// was restarted); `message` is what those who are logged in were told.
    static func value(_ shutdown: ScheduledShutdown, by author: String?) -> JSON {
        [
            "type": .string(shutdown.type), "at": shutdown.time.text.map(JSON.string) ?? .null,
            "by": author.map(JSON.string) ?? .null, "message": shutdown.message.map(JSON.string) ?? .null,
            "begun": .boolean(shutdown.hasBegun),
        ]
    }
}
