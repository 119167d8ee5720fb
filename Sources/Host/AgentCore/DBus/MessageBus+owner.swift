package import Systemd

extension MessageBus {
    /// Whether somebody has this well-known name now: whether a service runs. To ask the service itself something would
    /// start it on some systems. Without a bus nobody has any.
    package func isOwned(_ name: String) async -> Bool {
        let daemon = "org.freedesktop.DBus"
        let call = MethodCall(
            destination: daemon, path: "/org/freedesktop/DBus", interface: daemon, member: "NameHasOwner",
            arguments: [.string(name)])
        return (try? await self.call(call))?.first?.bool ?? false
    }
}
