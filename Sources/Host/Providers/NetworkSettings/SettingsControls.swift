internal import AgentCore
internal import Handover
internal import JSONText
internal import Jet
internal import NetworkSettings

/// Serves what may be done to the network's settings: set those of a link, confirm the change that is pending, or undo
/// it.
struct SettingsControls: Controls {
    let files: SettingsFiles
    let program: RootProgram
    /// The seconds until a change is undone, unless its author says otherwise.
    let confirmWithin: Int
    /// Has the provider look what is so now.
    let look: @Sendable () -> Void

    /// Changes a link's settings until the change is confirmed.
    ///
    /// What is wrong with it is found out here already, so that no root program is bothered with it.
    func set(_ path: String, _ request: SetRequest<JSON>) async throws -> SetDecision<JSON> {
        guard let view = try files.views()?.first(where: { SettingsPath.link($0.link) == path }) else {
            throw JetError(.invalidParams, "There is no such link any more.")
        }
        if let refusal = view.owner?.refusal(of: view.link) {
            throw JetError(.invalidParams, refusal, data: ["managedBy": request.current["managedBy"] ?? .null])
        }
        let change: ChangeRequest
        do throws(FieldError) {
            change = try self.change(of: view, request)
        } catch {
            throw JetError(refusing: error)
        }
        defer { look() }
        return .answer(try await program.ask(.apply, change))
    }

    private func change(of view: LinkView, _ request: SetRequest<JSON>) throws(FieldError) -> ChangeRequest {
        guard var members = request.value.object else {
            throw FieldError("", "The settings must be an object such as {\"mode\": \"dhcp\"}.")
        }
        var within = confirmWithin
        if let value = members["confirmWithin"] {
            let range = ChangeRequest.confirmRange
            guard let seconds = value.int, range.contains(seconds) else {
                throw FieldError(
                    "confirmWithin",
                    "must be a whole number from \(range.lowerBound) to \(range.upperBound), in seconds.")
            }
            within = seconds
            members["confirmWithin"] = nil
        }
        let settings = view.settings ?? LinkSettings()
        let shown: JSON.Object = ["managedBy": request.current["managedBy"] ?? .null]
        let target = try settings.merging(
            .object(members), base: view.base ?? LinkSettings(), ignoring: shown)
        if let settings = view.settings, target.isSame(as: settings) {
            throw FieldError("", "The settings are so already; nothing was changed.")
        }
        members["managedBy"] = nil
        return ChangeRequest(
            id: RequestID.new(), by: Author(request.caller), link: view.link, set: .object(members),
            confirmWithin: within)
    }

    /// Confirms the change that is pending, or undoes it.
    func call(_ path: String, _ request: CallRequest<JSON>) async throws -> JSON {
        defer { look() }
        let by = Author(request.caller)
        switch path {
        case SettingsPath.confirm:
            var confirmation = ChangeRequest(id: RequestID.new(), by: by)
            if let token = request.arguments["token"]?.string ?? request.arguments[0]?.string {
                confirmation.token = token
            } else if let id = request.arguments["id"]?.string {
                confirmation.set = ["pending": .string(id)]
            } else {
                throw JetError.wrong("token", "must be the one that the set was answered with")
            }
            return try await program.ask(.confirm, confirmation)
        case SettingsPath.rollback:
            guard let pending = try files.pending() else {
                throw JetError(.invalidParams, "No change is pending.")
            }
            let set: JSON = ["pending": .string(pending.id)]
            return try await program.ask(.rollback, ChangeRequest(id: RequestID.new(), by: by, set: set))
        default:
            throw JetError(.invalidParams, "'\(path)' is no Method.")
        }
    }

    /// Without the token: who reads it could confirm, or guess how the next one is made.
    func loggable(_ argument: JSON, at path: String) -> JSON {
        path == SettingsPath.confirm ? .string("not shown: it has the token") : argument
    }

}

extension Author {
    /// Who the daemon says asks.
    init(_ caller: Caller?) { self.init(user: caller?.user, uid: caller?.uid) }
}

/// Where the settings stand on the bus.
enum SettingsPath {
    /// `settings/net/<link>`. A link that is called as something else here has its first letter written as `%` and two
    /// hexadecimal digits, as other names have what cannot stand in a path.
    static func link(_ name: String) -> String {
        let path = "settings/net/" + Slug.name(name.utf8)
        guard [pending, last, confirm, rollback].contains(path), let first = name.utf8.first else { return path }
        return "settings/net/%" + String(first, radix: 16) + name.dropFirst()
    }

    static let pending = "settings/net/pending"
    static let last = "settings/net/last"
    static let confirm = "settings/net/confirm"
    static let rollback = "settings/net/rollback"
}
