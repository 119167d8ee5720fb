public import JSONText

/// What a daemon reports about itself.
///
///     let info = try await peer.info()
///     print(info.name, info.version, info.features["authentication"]?.bool ?? false)
public struct DaemonInfo: Sendable {
    /// Its name.
    public let name: String
    /// Its version.
    public let version: String
    /// The version of the protocol that it speaks.
    public let protocolVersion: String
    /// What it can do.
    public let features: JSON
    /// Counters and totals: `peers`, `elements`, `messages`, `notifications`, `conflated` and more, each a number.
    /// Empty if the daemon does not report it.
    public let statistics: JSON
    /// The whole response.
    public let json: JSON

    init(_ json: JSON) {
        self.json = json
        name = json["name"]?.string ?? ""
        version = json["version"]?.string ?? ""
        protocolVersion = json["protocolVersion"]?.string ?? ""
        features = json["features"] ?? [:]
        statistics = json["statistics"] ?? [:]
    }
}
