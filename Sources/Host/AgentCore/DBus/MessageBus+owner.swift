package import Systemd

extension MessageBus {
    /// Whether this well-known name has an owner now, which means that the service runs. A call to the service itself
    /// would start it on some systems. Without a bus, no name has an owner.
    package func isOwned(_ name: String) async -> Bool {
        let daemon = "org.freedesktop.DBus"
        let call = MethodCall(
            destination: daemon, path: "/org/freedesktop/DBus", interface: daemon, member: "NameHasOwner",
            arguments: [.string(name)])
        return (try? await self.call(call))?.first?.bool ?? false
    }
}
