internal import Systemd
internal import Text

/// systemd-resolved's responder, org.freedesktop.resolve1(5). It answers multicast DNS only if `MulticastDNS=yes` is set in
/// resolved.conf(5) and for the link.
struct Resolved: Responder {
    let bus: any MessageBus
    /// The numbers of the links that there are.
    var links: @Sendable () -> [Int32] = { linkNumbers() }

    let title = "systemd-resolved"
    let busName = Self.service

    static let service = "org.freedesktop.resolve1"
    static let path = "/org/freedesktop/resolve1"
    static let manager = "org.freedesktop.resolve1.Manager"
    /// The registration, and the object that resolved makes for it.
    private static let id = "jet"
    private static let registration = "/org/freedesktop/resolve1/dnssd/jet"

    func obstacle() async throws(DBusError) -> String? {
        guard try await property("MulticastDNS") == "yes" else {
            return "multicast DNS is off in systemd-resolved; see MulticastDNS= in resolved.conf(5)"
        }
        for link in links() where await answers(on: link) { return nil }
        return "multicast DNS is off in systemd-resolved on all links that are up; see MulticastDNS= in "
            + "systemd.network(5), or 'resolvectl mdns'"
    }

    /// Whether resolved answers multicast DNS on a link: `ScopesMask` has the scopes of multicast DNS, over IPv4 and IPv6,
    /// as the fourth and the fifth bit.
    private func answers(on link: Int32) async -> Bool {
        guard let path = try? await call("GetLink", .int32(link)).first?.string,
            let scopes = try? await bus.property(
                "ScopesMask", of: "org.freedesktop.resolve1.Link", at: path, destination: Self.service)
        else { return false }
        return (scopes.uint64 ?? 0) & 0b11000 != 0
    }

    func announce(_ record: ServiceRecord, report: @escaping @Sendable (Published) -> Void) async throws(DBusError) {
        let signals = MergedSignals([
            try await bus.signals(
                SignalMatch(
                    sender: Self.service, path: Self.registration, interface: "org.freedesktop.resolve1.DnssdService",
                    member: "Conflicted")),
            try await bus.signals(.propertiesChanged(sender: Self.service, path: Self.path, interface: Self.manager)),
            try await bus.signals(.nameOwnerChanged(Self.service)),
        ])
        defer { signals.cancel() }
        do throws(DBusError) {
            var number = 1
            try await register(record, number)
            report(Published(service: Self.name(record, number), host: try await host()))
            for await signal in signals.stream {
                switch signal.member {
                case "NameOwnerChanged": throw DBusError(message: "systemd-resolved was stopped or restarted")
                case "Conflicted":
                    number += 1
                    guard number <= Self.mostNames else {
                        throw DBusError(message: "\(Self.mostNames) names were taken by other devices")
                    }
                    try await register(record, number)
                default:
                    if let obstacle = try await obstacle() { throw DBusError(message: obstacle) }
                }
                report(Published(service: Self.name(record, number), host: try await host()))
            }
            throw Task.isCancelled ? .cancelled : .disconnected
        } catch {
            let resolved = self
            await Task { try? await resolved.unregister() }.value
            throw error
        }
    }

    private static let mostNames = 20

    private static func name(_ record: ServiceRecord, _ number: Int) -> String {
        number == 1 ? record.name : "\(record.name) #\(number)"
    }

    private func register(_ record: ServiceRecord, _ number: Int) async throws(DBusError) {
        // One that a former process has left stays until it is removed.
        try? await unregister()
        let text = record.text.map { entry in
            DBusValue.dictionaryEntry(
                .string(entry.key), .array(element: "y", entry.value.utf8.map(DBusValue.byte)))
        }
        // A percent sign would begin a specifier of resolved.
        let name = Self.name(record, number).split(separator: "%", omittingEmptySubsequences: false)
            .joined(separator: "%%")
        _ = try await call(
            "RegisterService", .string(Self.id), .string(name), .string(ServiceRecord.type), .uint16(record.port),
            .uint16(0), .uint16(0), .array(element: "a{say}", [.array(element: "{say}", text)]))
    }

    private func unregister() async throws(DBusError) {
        _ = try await call("UnregisterService", .objectPath(Self.registration))
    }

    private func host() async throws(DBusError) -> String? {
        let name = try await property("LLMNRHostname").map { "\($0).local".lowercased() }
        return name.flatMap { HostName.isValid($0) ? $0 : nil }
    }

    private func property(_ name: String) async throws(DBusError) -> String? {
        try await bus.property(name, of: Self.manager, at: Self.path, destination: Self.service).string
    }

    func call(
        _ member: String, _ arguments: DBusValue..., timeout: Duration = .seconds(25)
    ) async throws(DBusError) -> [DBusValue] {
        try await bus.call(
            MethodCall(
                destination: Self.service, path: Self.path, interface: Self.manager, member: member,
                arguments: arguments, timeout: timeout))
    }
}
