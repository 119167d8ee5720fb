internal import AgentCore
internal import JSONText
internal import JetProtocol
internal import Handover

/// `system/update`, the job as all see it:
///
///     {id, kind: check | install, phase: idle | checking | downloading | installing | restart-required | succeeded |
///      failed, percent, package, message, startedAt, finishedAt, by, cancelledBy, cancellable,
///      upgradable: [{name, from, to, security}], checkedAt, rebootRequired: {required, packages}}
///
/// Before the first job, all that is of a job is `null`.
enum UpdateValue {
    static let path = "system/update"
    static let check = "system/update/check"
    static let start = "system/update/start"
    static let cancel = "system/update/cancel"

    /// The state and the methods.
    static func readings(_ job: JobRecord?, _ reboot: RebootRequired) -> [Reading] {
        [
            Reading(path, value(job, reboot), Metadata(title: "System update", datatype: .json)),
            .method(check, Metadata(title: "Look for updates")),
            .method(start, Metadata(title: "Update the system")),
            .method(cancel, Metadata(title: "Call the update off")),
        ]
    }

    private static func value(_ job: JobRecord?, _ reboot: RebootRequired) -> JSON {
        var value = job?.json.object ?? idle
        value["rebootRequired"] = reboot.json
        return .object(value)
    }

    private static let idle: JSON.Object = [
        "id": nil, "kind": nil, "phase": "idle", "percent": nil, "package": nil, "message": nil, "startedAt": nil,
        "finishedAt": nil, "by": nil, "cancelledBy": nil, "cancellable": false, "upgradable": [], "checkedAt": nil,
    ]
}
