internal import AgentCore
internal import JSONText
internal import Jet
internal import Handover

/// Serves `system/update/check`, `system/update/start` and `system/update/cancel`.
///
/// Each answers at once with `{"id": job}`; the state shows the progress and the result of the job. None has an
/// argument that selects what to install: packages, versions and sources are set in apt's own configuration.
struct UpdateControls: Controls {
    let desk: UpdateDesk

    func call(_ path: String, _ request: CallRequest<JSON>) async throws -> JSON {
        let caller = ControlLog.name(request.caller)
        let allowed: Set<String> = path == UpdateValue.cancel ? ["id"] : []
        for member in request.arguments.object ?? [:] where !allowed.contains(member.name) {
            throw JetError.wrong(member.name, "is nothing that can be asked for here")
        }
        guard request.arguments.isNull || request.arguments.object != nil || request.arguments.array == [] else {
            throw JetError(.invalidParams, "There are no arguments without a name here.")
        }
        switch path {
        case UpdateValue.check: return ["id": .string(try await desk.start(.check, by: caller))]
        case UpdateValue.start: return ["id": .string(try await desk.start(.install, by: caller))]
        case UpdateValue.cancel:
            let id = request.arguments["id"]
            if let id, id.string == nil { throw JetError.wrong("id", "must be a string") }
            return ["id": .string(try desk.cancel(id?.string, by: caller))]
        default: throw JetError(.invalidParams, "'\(path)' is no Method.", data: ["notAMethod": .string(path)])
        }
    }
}
