/// The files through which the agent and jet-network, the root program that changes the network's settings, communicate.
public struct NetworkFiles: Hashable, Sendable {
    /// What is in front of every path, without a slash at its end: empty for the files of this machine.
    public let root: String

    /// The files below `root`.
    public init(root: String = "") { self.root = root.hasSuffix("/") ? String(root.dropLast()) : root }

    /// The agent's runtime directory.
    public var agentDirectory: String { root + "/run/jet-agent" }
    /// The directory in it for requests.
    public static let requestDirectory = "network"
    /// The directory with the agent's requests.
    public var requests: String { agentDirectory + "/" + Self.requestDirectory }
    /// The request for a verb. The agent writes it.
    public func request(_ verb: NetworkVerb) -> String { "\(requests)/\(verb.fileName)" }

    /// The root program's runtime directory.
    public var answers: String { root + "/run/jet-network" }
    /// The answer to the last request for a verb. The root program writes it, as the files below.
    public func answer(_ verb: NetworkVerb) -> String { "\(answers)/\(verb.fileName)" }
    /// The settings of the links: an array of `LinkView`.
    public var views: String { answers + "/links.json" }

    /// The root program's state directory, which is kept over a restart of the machine.
    public var state: String { root + "/var/lib/jet-network" }
    /// The change that is pending, a `PendingChange`; it exists while one is.
    public var pending: String { state + "/pending.json" }
    /// The result of the last change, a `ChangeOutcome`.
    public var last: String { state + "/last.json" }
    /// The lock file: a process that changes something locks it.
    public var lock: String { state + "/lock" }
}

/// What the root program can do. Each verb is a service of its own, so that nothing that comes from the bus is on its
/// command line.
public enum NetworkVerb: String, Hashable, Sendable, CaseIterable {
    /// Makes a change, until it is confirmed.
    case apply
    /// Makes the pending change permanent.
    case confirm
    /// Undoes the pending change.
    case rollback
    /// Writes down the settings of the links, for the agent.
    case show

    /// The service that does it.
    public var unit: String { "jet-network-\(rawValue).service" }
    /// The transient timer that starts the rollback unless the change is confirmed.
    public static let rollbackTimer = "jet-network-rollback.timer"

    /// The name of the file with the request, and of the one with the answer.
    public var fileName: String { rawValue + ".json" }
}
