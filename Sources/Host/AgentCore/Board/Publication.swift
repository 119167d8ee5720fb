public import JSONText

/// One step that brings the bus up to date with the host: what the `StateBoard` decides and a `Publisher` carries out.
public enum Publication: Hashable, Sendable {
    /// A state that is not on the bus yet.
    case add(Reading)
    /// A new value of a state that is.
    case change(path: String, value: JSON)
    /// A state that is no more.
    case remove(path: String)

    /// The state it is about.
    public var path: String {
        switch self {
        case .add(let reading): reading.path
        case .change(let path, _), .remove(let path): path
        }
    }
}

/// Carries out publications on the bus.
public protocol Publisher: Sendable {
    /// Carries out `publications` in their order and returns when the bus has answered.
    ///
    /// While there is no connection, a publisher keeps the publications and carries them out later.
    ///
    /// - Parameters:
    ///   - publications: The publications, all of one provider.
    ///   - controller: Handles sets and calls of the added elements; `nil` if there is nothing to set or call.
    /// - Returns: The paths that the bus refused (for example because another peer owns them), each with the reason as
    ///   text. They are not on the bus afterwards.
    func publish(_ publications: [Publication], controller: Controller?) async -> [String: String]
}

extension Publisher {
    /// Carries out publications of what can only be seen.
    public func publish(_ publications: [Publication]) async -> [String: String] {
        await publish(publications, controller: nil)
    }
}

/// Who serves the sets and calls of a provider's things, and who may ask for them.
public struct Controller: Sendable {
    /// Serves them.
    public let controls: any Controls
    /// The group of peers that may set and call.
    public let group: String

    /// A controller of these parts.
    public init(_ controls: any Controls, group: String) {
        self.controls = controls
        self.group = group
    }
}
