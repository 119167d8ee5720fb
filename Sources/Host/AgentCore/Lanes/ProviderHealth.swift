internal import JSONText
internal import JetProtocol
internal import Moments

/// How a provider fares, as `agent/providers/<name>` shows it.
struct ProviderHealth: Hashable, Sendable {
    /// How long the last poll took; `nil` for a provider that is notified of changes.
    var duration: Duration?
    /// When the provider last reported its readings.
    var lastSuccess: Moment?
    /// Since when the provider has not returned from a piece of work that should be short.
    var overdueSince: Moment?
    /// The file that it is accessing while it is overdue, if known.
    var path: String?

    /// `agent/providers/<name>`
    func reading(of provider: String) -> Reading {
        // Microseconds would only be noise.
        let seconds = duration.map { JSON.number(($0 / .seconds(1) * 10_000).rounded() / 10_000) }
        return Reading(
            Self.path(of: provider),
            [
                "duration": seconds ?? .null, "lastSuccess": Self.text(lastSuccess),
                "overdueSince": Self.text(overdueSince), "path": path.map(JSON.string) ?? .null,
            ],
            Metadata(title: "Provider \(provider) of the agent", datatype: .json))
    }

    /// Where the health of a provider is published.
    static func path(of provider: String) -> String { "agent/providers/\(provider)" }

    private static func text(_ moment: Moment?) -> JSON { moment?.text.map(JSON.string) ?? .null }
}
