internal import JSONText
internal import Jet

/// Serves the sets and calls of a provider on its lane, and refuses them while the provider is overdue.
struct LaneControls: Controls {
    private let controls: any Controls
    private let run: ProviderRun
    private let board: SharedBoard

    /// How long a set or call may wait for the lane. The caller does not wait for longer, and must not find it carried
    /// out minutes later.
    private static let patience = Duration.seconds(20)

    /// The controls of the provider of `run`.
    init(_ controls: any Controls, of run: ProviderRun, on board: SharedBoard) {
        self.controls = controls
        self.run = run
        self.board = board
    }

    func set(_ path: String, _ request: SetRequest<JSON>) async throws -> SetDecision<JSON> {
        let decision = try await onLane { try await controls.set(path, request) }
        // What the provider's report has published already is not published again.
        if case .adjust(let value) = decision, !board.settle(path, value) { return .acceptSilently }
        return decision
    }

    func call(_ path: String, _ request: CallRequest<JSON>) async throws -> JSON {
        try await onLane { try await controls.call(path, request) }
    }

    func loggable(_ argument: JSON, at path: String) -> JSON { controls.loggable(argument, at: path) }

    private func onLane<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        if run.health.overdueSince != nil { throw refusal }
        let start = ContinuousClock.now
        return try await run.lane.run {
            if ContinuousClock.now - start > Self.patience { throw refusal }
            return try await body()
        }
    }

    private var refusal: JetError {
        let path = run.health.path
        return JetError(
            .internalError,
            "The provider '\(run.name)' does not respond" + (path.map { "; it is accessing '\($0)'." } ?? "."),
            data: ["provider": .string(run.name), "path": path.map(JSON.string) ?? .null])
    }
}
