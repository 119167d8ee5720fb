internal import AgentCore
internal import JSONText
internal import JetProtocol
internal import Jet
internal import Systemd

/// Starts, stops and restarts the units for which the configuration allows it, and answers when that is done.
struct ServiceControls: Controls {
    let manager: UnitManager
    private let clock: any Clock<Duration>
    let nudge: Nudge
    /// What may be done, by the path of its method.
    private let methods: [String: (unit: String, verb: ServiceVerb)]

    /// The maximum time that a caller waits: a little less than the timeout of the bus.
    static let patience = Duration.seconds(28)

    init(
        _ configuration: ServicesConfiguration, manager: UnitManager, nudge: Nudge, clock: any Clock<Duration>
    ) {
        self.manager = manager
        self.clock = clock
        self.nudge = nudge
        let methods = configuration.allowed.flatMap { unit, verbs in
            verbs.map { (Self.path(of: unit, $0), (unit: unit, verb: $0)) }
        }
        self.methods = Dictionary(methods) { first, _ in first }
    }

    /// The methods of a unit.
    func readings(of unit: String) -> [Reading] {
        ServiceVerb.allCases.filter { methods[Self.path(of: unit, $0)] != nil }.map {
            .method(Self.path(of: unit, $0), Metadata(title: "\($0.title) \(unit)"))
        }
    }

    func call(_ path: String, _ request: CallRequest<JSON>) async throws -> JSON {
        guard let (unit, verb) = methods[path] else {
            throw JetError(.invalidParams, "'\(path)' is not allowed here.", data: ["unit": .string(path)])
        }
        let result: String?
        do {
            result = try await manager.run(verb.job, unit, patience: Self.patience, clock: clock)
        } catch let error as DBusError {
            throw JetError.refused(error, doing: "\(verb.rawValue) \(unit)")
        }
        nudge()
        switch result {
        case "done", "skipped": return ["result": .string(result ?? "")]
        case nil: return ["result": "running"]
        case let result?: throw await refusal(verb, unit, result)
        }
    }

    /// Why it did not work: the job's end, and what became of the unit.
    private func refusal(_ verb: ServiceVerb, _ unit: String, _ result: String) async -> JetError {
        let properties = (try? await manager.properties(of: unit)) ?? nil
        let failure = properties.map { ServiceState(unit, $0).failure }
        let data: JSON = [
            "unit": .string(unit), "job": .string(result), "result": failure.map(JSON.string) ?? .null,
        ]
        return JetError(
            .invalidParams,
            "\(unit) could not \(verb.rawValue) (\(result)\(failure.map { ": \($0)" } ?? "")); its journal says more.",
            data: data)
    }

    private static func path(of unit: String, _ verb: ServiceVerb) -> String {
        ServiceState.path(of: unit) + "/" + verb.rawValue
    }
}
