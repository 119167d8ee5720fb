public import Jet
internal import JSONText
internal import JetProtocol
public import Logging

/// Brings publications to the bus: each reading becomes a State or a Method of a peer. States that are only shown can
/// be fetched by all; what can be set or called is for the members of one group, and leaves a line in the log.
///
/// The peer must be one that makes lost connections again. It then adds its elements anew by itself, with their newest
/// values; so all that is left to do here is to wait with what it cannot do without a connection, which is adding.
public actor PeerPublisher: Publisher {
    private let peer: Peer
    private let logger: Logger
    private var elements: [String: Element] = [:]
    private var refusals: [String: Refused] = [:]

    /// What stands on the bus at a path.
    private enum Element {
        case state(State<JSON>)
        case method(Method)
    }

    private struct Refused {
        let reason: String
        let until: ContinuousClock.Instant
    }

    /// So long a path that the bus refused is not asked for again: most often another agent has it, and keeps it.
    private static let refusalDuration = Duration.seconds(30)
    /// So long a set or a call may take, unless the caller says otherwise: what is asked of the host has to be done by
    /// others, whom it takes seconds.
    private static let controlTimeout = Duration.seconds(30)

    /// A publisher on the bus that `peer` is connected to.
    public init(_ peer: Peer, logger: Logger) {
        self.peer = peer
        self.logger = logger
    }

    /// How many elements are on the bus.
    public var count: Int { elements.count }

    /// Carries out `publications` in their order and returns when the bus has answered. Without a connection it waits
    /// for one as soon as something is to be added.
    ///
    /// - Returns: The paths that the bus refused, with the reason in words.
    public func publish(_ publications: [Publication], controller: Controller?) async -> [String: String] {
        var refused: [String: String] = [:]
        for publication in publications {
            do throws(JetError) {
                switch publication {
                case .add(let reading): refused[reading.path] = try await add(reading, controller)
                case .change(let path, let value): try change(path, value)
                case .remove(let path): try await remove(path)
                }
            } catch {
                if case .remove = publication { continue }
                elements[publication.path] = nil
                refused[publication.path] = "\(error)"
            }
        }
        return refused
    }

    private func change(_ path: String, _ value: JSON) throws(JetError) {
        // A set that was adjusted has told everybody already.
        guard case .state(let state)? = elements[path], state.value != value else { return }
        try state.change(value)
    }

    private func remove(_ path: String) async throws(JetError) {
        switch elements.removeValue(forKey: path) {
        case .state(let state): try await state.remove()
        case .method(let method): try await method.remove()
        case nil: break
        }
    }

    /// Adds an element.
    ///
    /// - Returns: Why the bus refused it lately, without asking again.
    private func add(_ reading: Reading, _ controller: Controller?) async throws(JetError) -> String? {
        if let refusal = refusals[reading.path] {
            if refusal.until > .now { return refusal.reason }
            refusals[reading.path] = nil
        }
        while true {
            do throws(JetError) {
                elements[reading.path] = try await element(reading, controller)
                return nil
            } catch  where error.code == .notConnected {
                guard await reconnected() else { throw error }
            } catch {
                refusals[reading.path] = Refused(reason: "\(error)", until: .now + Self.refusalDuration)
                throw error
            }
        }
    }

    private func element(_ reading: Reading, _ controller: Controller?) async throws(JetError) -> Element {
        let path = reading.path
        guard let controller, reading.role != .shown else {
            let options = ElementOptions(meta: reading.meta)
            return .state(try await peer.addState(path, reading.value, options: options))
        }
        var options = ElementOptions(timeout: Self.controlTimeout, meta: reading.meta, caller: true)
        let controls = controller.controls
        let journal = ControlLog(logger)
        if reading.role == .method {
            options.access = Access(callGroups: [controller.group])
            return .method(
                try await peer.addMethod(path, options: options) { (request: CallRequest<JSON>) -> JSON in
                    try await journal.noting("called", path, request.arguments, by: request.caller) {
                        try await controls.call(path, request)
                    }
                })
        }
        options.access = Access(setGroups: [controller.group])
        return .state(
            try await peer.addState(path, reading.value, options: options) { request in
                try await journal.noting("set", path, request.value, by: request.caller) {
                    try await controls.set(path, request)
                }
            })
    }

    /// Waits for a connection.
    ///
    /// - Returns: `false` if there will be none.
    private func reconnected() async -> Bool {
        var events = peer.connectionEvents.makeAsyncIterator()
        while !peer.isConnected {
            guard await events.next() != nil else { return false }
        }
        return !Task.isCancelled
    }
}
