public import Jet
internal import JSONText
internal import JetProtocol
public import Logging

/// Brings publications to the bus: each reading becomes a State or a Method of a peer. States that are only shown can
/// be fetched by all; what can be set or called is for the members of one group, and leaves a line in the log.
///
/// The peer must be one that reconnects by itself. It then adds its elements again, with their newest values; the
/// publisher only has to delay what needs a connection, which is adding new elements.
public actor PeerPublisher: Publisher {
    private let peer: Peer
    private let controlLog: ControlLog
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

    /// How long a path that the bus refused is not requested again: in most cases another agent owns it and keeps it.
    private static let refusalDuration = Duration.seconds(30)
    /// How long a set or a call may take, unless the caller specifies a timeout: it is carried out by services of the
    /// host, which may need seconds.
    private static let controlTimeout = Duration.seconds(30)

    /// A publisher on the bus that `peer` is connected to.
    public init(_ peer: Peer, logger: Logger) {
        self.peer = peer
        controlLog = ControlLog(logger)
    }

    /// How many elements are on the bus.
    public var count: Int { elements.count }

    /// Carries out `publications` in their order and returns when the bus has answered. Without a connection it waits
    /// for one as soon as something is to be added.
    ///
    /// What needs not wait for each other goes in one message: a machine that comes up has hundreds of states.
    ///
    /// - Returns: The paths that the bus refused, with the reason in words.
    public func publish(_ publications: [Publication], controller: Controller?) async -> [String: String] {
        var refused: [String: String] = [:]
        var rest = publications[...]
        while !rest.isEmpty {
            var paths: Set<String> = []
            let round = rest.prefix { paths.insert($0.path).inserted }
            rest = rest.dropFirst(round.count)
            var left = Array(round)
            while true {
                left = await carryOut(left, controller, &refused)
                if left.isEmpty { break }
                guard await reconnected() else {
                    for publication in left { refused[publication.path] = "there is no connection" }
                    break
                }
            }
        }
        return refused
    }

    /// What became of a publication when it was begun.
    private enum Step {
        /// There is nothing to wait for.
        case done
        /// The bus is asked for a State.
        case state(Answer<State<JSON>>)
        /// The bus is asked for a Method.
        case method(Answer<Method>)
        /// The bus is asked to remove an element.
        case removal(Answer<Void>)
        /// It failed at once.
        case failed(JetError)
        /// The bus refused it lately, and is not asked again.
        case refusedLately(String)
    }

    /// Carries out publications of different paths, all in one message.
    ///
    /// - Returns: Those that have to wait for a connection: none but what is to be added.
    private func carryOut(
        _ publications: [Publication], _ controller: Controller?, _ refused: inout [String: String]
    ) async -> [Publication] {
        var left: [Publication] = []
        let steps = peer.batch { batch in publications.map { begin($0, controller, batch) } }
        for (publication, step) in zip(publications, steps) {
            let path = publication.path
            do throws(JetError) {
                switch step {
                case .done: break
                case .state(let answer): elements[path] = .state(try await answer.value)
                case .method(let answer): elements[path] = .method(try await answer.value)
                case .removal(let answer): try await answer.value
                case .failed(let error): throw error
                case .refusedLately(let reason): refused[path] = reason
                }
            } catch {
                switch publication {
                case .remove: break
                case .add where error.code == .notConnected: left.append(publication)
                case .add:
                    refusals[path] = Refused(reason: "\(error)", until: .now + Self.refusalDuration)
                    refused[path] = "\(error)"
                case .change:
                    elements[path] = nil
                    refused[path] = "\(error)"
                }
            }
        }
        return left
    }

    /// Says what is to be said of a publication, and waits for nothing.
    private func begin(_ publication: Publication, _ controller: Controller?, _ batch: Batch) -> Step {
        do throws(JetError) {
            switch publication {
            case .add(let reading):
                if let refusal = refusals[reading.path] {
                    if refusal.until > .now { return .refusedLately(refusal.reason) }
                    refusals[reading.path] = nil
                }
                return try add(reading, controller, batch)
            case .change(let path, let value):
                guard case .state(let state)? = elements[path] else { return .done }
                try state.change(value)
                return .done
            case .remove(let path):
                refusals[path] = nil
                switch elements.removeValue(forKey: path) {
                case .state(let state): return .removal(try batch.remove(state))
                case .method(let method): return .removal(try batch.remove(method))
                case nil: return .done
                }
            }
        } catch {
            return .failed(error)
        }
    }

    private func add(_ reading: Reading, _ controller: Controller?, _ batch: Batch) throws(JetError) -> Step {
        let path = reading.path
        guard let controller, reading.role != .shown else {
            return .state(try batch.addState(path, reading.value, options: ElementOptions(meta: reading.meta)))
        }
        var options = ElementOptions(timeout: Self.controlTimeout, meta: reading.meta, caller: true)
        let controls = controller.controls
        let controlLog = controlLog
        if reading.role == .method {
            options.access = Access(callGroups: [controller.group])
            return .method(
                try batch.addMethod(path, options: options) { (request: CallRequest<JSON>) -> JSON in
                    try await controlLog.noting(
                        "called", path, controls.loggable(request.arguments, at: path), by: request.caller
                    ) {
                        try await controls.call(path, request)
                    }
                })
        }
        options.access = Access(setGroups: [controller.group])
        return .state(
            try batch.addState(path, reading.value, options: options) { request in
                let loggable = controls.loggable(request.value, at: path)
                return try await controlLog.noting("set", path, loggable, by: request.caller) {
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
