internal import Handover
public import Systemd

/// The services of the machine, over the system bus: systemd for the timer, networkd, NetworkManager.
public struct SystemServices: NetworkServices {
    private let bus: any MessageBus

    /// The services on `bus`.
    public init(_ bus: any MessageBus) { self.bus = bus }

    /// Creates a transient timer that starts the rollback.
    public func armRollback(after seconds: Int) async throws(ServiceError) {
        // One that is left over would be in the way.
        try await disarmRollback()
        do throws(DBusError) {
            try await UnitManager(bus).startTimer(
                NetworkVerb.rollbackTimer, description: "Roll back an unconfirmed change of network settings",
                after: seconds)
        } catch {
            throw ServiceError("the rollback's timer could not be set: \(error)")
        }
    }

    /// Stops the timer, if there is one.
    public func disarmRollback() async throws(ServiceError) {
        do throws(DBusError) {
            try await UnitManager(bus).removeTransient(NetworkVerb.rollbackTimer)
        } catch {
            throw ServiceError("the rollback's timer could not be stopped: \(error)")
        }
    }

    /// Asks networkd to read its files again; it reconfigures the links whose files have changed.
    public func reload() async throws(ServiceError) { try await networkd("Reload", []) }

    /// Asks networkd to reconfigure a link.
    public func reconfigure(_ index: Int) async throws(ServiceError) {
        guard let index = Int32(exactly: index) else { throw ServiceError("no link has the number \(index)") }
        try await networkd("ReconfigureLink", [.int32(index)])
    }

    /// Asks NetworkManager, if it is there; it is not started for that.
    public func isManagedByNetworkManager(_ link: String) async throws(ServiceError) -> Bool {
        let name = "org.freedesktop.NetworkManager"
        do throws(DBusError) {
            let isThere = try await bus.call(
                MethodCall(
                    destination: "org.freedesktop.DBus", path: "/org/freedesktop/DBus",
                    interface: "org.freedesktop.DBus", member: "NameHasOwner", arguments: [.string(name)],
                    timeout: Self.patience))
            guard isThere.first?.bool == true else { return false }
            let device = try await bus.call(
                MethodCall(
                    destination: name, path: "/org/freedesktop/NetworkManager", interface: name,
                    member: "GetDeviceByIpIface", arguments: [.string(link)], timeout: Self.patience))
            guard let path = device.first?.string else { return false }
            return try await bus.property("Managed", of: name + ".Device", at: path, destination: name).bool ?? false
        } catch {
            // It knows no such link.
            if error.name == "org.freedesktop.NetworkManager.UnknownDevice" { return false }
            throw ServiceError("NetworkManager did not say whether it manages \(link): \(error)")
        }
    }

    /// How long a network manager may take to answer, which it normally does at once. It is short enough for all
    /// attempts of a rollback to end before its unit's timeout.
    static let patience = Duration.seconds(8)

    private func networkd(_ member: String, _ arguments: [DBusValue]) async throws(ServiceError) {
        do throws(DBusError) {
            _ = try await bus.call(
                MethodCall(
                    destination: "org.freedesktop.network1", path: "/org/freedesktop/network1",
                    interface: "org.freedesktop.network1.Manager", member: member, arguments: arguments,
                    timeout: Self.patience))
        } catch {
            throw ServiceError("systemd-networkd did not take its new files: \(error)")
        }
    }
}
