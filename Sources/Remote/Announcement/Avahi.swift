internal import Systemd
internal import Text

/// Avahi's responder, over org.freedesktop.Avahi on the bus: it follows the server's states as Avahi's documentation of
/// AvahiServer and AvahiEntryGroup demands. While the server has not found a host name that is free, nothing is announced;
/// a service whose name is taken gets the alternative name that Avahi proposes.
struct Avahi: Responder {
    let bus: any MessageBus

    let title = "Avahi"
    let busName = Self.service

    static let service = "org.freedesktop.Avahi"
    static let server = "org.freedesktop.Avahi.Server"
    static let group = "org.freedesktop.Avahi.EntryGroup"
    /// Any link, and any protocol.
    static let any = DBusValue.int32(-1)

    /// The states of the server and of a group, by the numbers of Avahi's protocol.
    private enum ServerState: Int { case invalid, registering, running, collision, failure }
    private enum GroupState: Int { case uncommitted, registering, established, collision, failure }

    func obstacle() async throws(DBusError) -> String? { nil }

    func announce(_ record: ServiceRecord, report: @escaping @Sendable (Published) -> Void) async throws(DBusError) {
        let signals = MergedSignals([
            try await bus.signals(SignalMatch(sender: Self.service, interface: Self.server, member: "StateChanged")),
            try await bus.signals(SignalMatch(sender: Self.service, interface: Self.group, member: "StateChanged")),
            try await bus.signals(.nameOwnerChanged(Self.service)),
        ])
        defer { signals.cancel() }
        var session = Session(avahi: self, record: record)
        do throws(DBusError) {
            let state = try await call("GetState").first?.int ?? 0
            report(try await session.serverChanged(to: ServerState(rawValue: state) ?? .invalid))
            for await signal in signals.stream {
                if signal.member == "NameOwnerChanged" { throw DBusError(message: "Avahi was stopped or restarted") }
                let state = signal.arguments.first?.int ?? 0
                if signal.interface == Self.server {
                    report(try await session.serverChanged(to: ServerState(rawValue: state) ?? .invalid))
                } else if signal.path == session.path {
                    report(try await session.groupChanged(to: GroupState(rawValue: state) ?? .uncommitted))
                }
            }
            throw Task.isCancelled ? .cancelled : .disconnected
        } catch {
            await session.end()
            throw error
        }
    }

    func call(
        _ member: String, _ arguments: DBusValue..., at path: String = "/", of interface: String = Avahi.server
    ) async throws(DBusError) -> [DBusValue] {
        try await bus.call(
            MethodCall(
                destination: Self.service, path: path, interface: interface, member: member, arguments: arguments))
    }

    /// One registration: the group of entries, and the name that the service has.
    private struct Session {
        let avahi: Avahi
        var record: ServiceRecord
        /// The object of the group; `nil` until it is needed.
        var path: String?
        private var published = Published()
        /// How many names were taken: with a device that takes every name, this one does not compete without end.
        private var collisions = 0
        private static let mostCollisions = 20

        init(avahi: Avahi, record: ServiceRecord) {
            self.avahi = avahi
            self.record = record
        }

        mutating func serverChanged(to state: ServerState) async throws(DBusError) -> Published {
            switch state {
            case .running:
                let host = try await avahi.call("GetHostNameFqdn").first?.string
                published = Published(host: host.flatMap { HostName.isValid($0) ? $0.lowercased() : nil })
                try await register()
            case .failure:
                throw DBusError(message: "Avahi reports a failure")
            case .invalid, .registering, .collision:
                published = Published()
                if let path { _ = try await avahi.call("Reset", at: path, of: Avahi.group) }
            }
            return published
        }

        mutating func groupChanged(to state: GroupState) async throws(DBusError) -> Published {
            switch state {
            case .established: published.service = record.name
            case .collision: try await takeOtherName()
            case .failure: throw DBusError(message: "Avahi could not announce the service")
            case .uncommitted, .registering: published.service = nil
            }
            return published
        }

        private mutating func register() async throws(DBusError) {
            let path: String
            if let known = self.path {
                path = known
                _ = try await avahi.call("Reset", at: path, of: Avahi.group)
            } else {
                guard let new = try await avahi.call("EntryGroupNew").first?.string else {
                    throw DBusError(message: "Avahi made no group of entries")
                }
                path = new
                self.path = new
            }
            let text = record.text.map {
                DBusValue.array(element: "y", "\($0.key)=\($0.value)".utf8.map(DBusValue.byte))
            }
            do throws(DBusError) {
                _ = try await avahi.call(
                    "AddService", Avahi.any, Avahi.any, .uint32(0), .string(record.name), .string(ServiceRecord.type),
                    .string(""), .string(""), .uint16(record.port), .array(element: "ay", text), at: path,
                    of: Avahi.group)
                _ = try await avahi.call("Commit", at: path, of: Avahi.group)
            } catch {
                guard error.name == "org.freedesktop.Avahi.CollisionError" else { throw error }
                try await takeOtherName()
            }
        }

        private mutating func takeOtherName() async throws(DBusError) {
            collisions += 1
            guard collisions <= Self.mostCollisions else {
                throw DBusError(message: "\(Self.mostCollisions) names were taken by other devices")
            }
            published.service = nil
            let name = try await avahi.call("GetAlternativeServiceName", .string(record.name)).first?.string
            guard let name else { throw DBusError(message: "Avahi proposes no other name") }
            record.name = name
            try await register()
        }

        /// Withdraws the service. This must also happen when the task was cancelled, so it runs in one of its own.
        func end() async {
            guard let path else { return }
            let avahi = avahi
            await Task { _ = try? await avahi.call("Free", at: path, of: Avahi.group) }.value
        }
    }
}
