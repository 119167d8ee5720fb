internal import JSONText
package import Jet
package import Systemd

extension JetError {
    /// A refusal because a service of the system refused: `data` is `{"dbus": <name of the error>}`.
    ///
    /// - Parameter doing: What was to be done, as the end of "not allowed to ...".
    package static func refused(_ error: DBusError, doing: String) -> JetError {
        let data = error.name.map { JSON.object(["dbus": .string($0)]) }
        if error.isAccessDenied {
            return JetError(
                .invalidParams, "The agent is not allowed to \(doing): polkit has no rule for it on this machine.",
                data: data, underlying: error)
        }
        if error.isServiceMissing {
            return JetError(
                .invalidParams, "No service on this machine can \(doing): \(error.message)", data: data,
                underlying: error)
        }
        return JetError(
            .invalidParams, "It was not possible to \(doing): \(error.message)", data: data, underlying: error)
    }
}
