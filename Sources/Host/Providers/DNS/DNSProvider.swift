public import AgentCore
internal import Files
internal import Glibc
public import Logging
public import Systemd

/// The DNS servers and search domains that the host uses: `network/dns`.
///
///     network/dns  {"source": "systemd-resolved", "servers": [{"address": "192.0.2.53", "link": "eth0"}],
///                   "domains": [{"domain": "lab.example", "link": "eth0"}]}
///
/// Where systemd-resolved runs, it is queried over D-Bus, since /etc/resolv.conf then lists only systemd-resolved
/// itself; elsewhere that file is read. systemd-resolved does not send a signal for every change, but writes a file at
/// each: so both are watched.
public struct DNSProvider: PushingProvider {
    /// `dns`
    public let name = "dns"

    private let host: Host
    private let following: Following
    private let link: @Sendable (Int) -> String?
    private let faults: FaultLog

    private static let service = "org.freedesktop.resolve1"
    private static let object = "/org/freedesktop/resolve1"
    private static let interface = "org.freedesktop.resolve1.Manager"
    private static let files: [FilePath] = ["etc/resolv.conf", "run/systemd/resolve/resolv.conf"]

    /// Changes within this time are handled together, since they come in bursts.
    static let rest = Duration.milliseconds(200)

    /// The name servers of `host`.
    public init(_ host: Host, bus: any MessageBus, logger: Logger) {
        self.init(host, bus: bus, clock: ContinuousClock(), logger: logger) { index in
            UInt32(exactly: index).flatMap { Self.linkName($0) }
        }
    }

    init(
        _ host: Host, bus: any MessageBus, clock: any Clock<Duration>, logger: Logger,
        link: @escaping @Sendable (Int) -> String?
    ) {
        self.host = host
        self.link = link
        let paths = Self.files.map(host.file)
        following = Following(
            bus: bus,
            matches: [
                .nameOwnerChanged(Self.service),
                .propertiesChanged(sender: Self.service, path: Self.object, interface: Self.interface),
            ],
            sources: [
                { changed in
                    while !Task.isCancelled {
                        let watch = try? FileWatch(paths)
                        // Whatever happened before there was a watch is looked at now.
                        changed()
                        // Without one (there are too many) the file is looked at now and then.
                        if let watch { await watch.changed() } else { try await clock.sleep(for: Following.busDelay) }
                        try await clock.sleep(for: Self.rest)
                    }
                }
            ], rest: Self.rest, clock: clock, isBusOptional: true)
        faults = FaultLog(logger)
    }

    /// What the file says.
    public mutating func readings() -> [Reading] {
        let path = host.file(Self.files[0])
        do {
            return [NameServers(resolvConf: try HostFile.text(path, limit: 1 << 20)).reading]
        } catch {
            if !error.isMissing { faults.failed("network/dns", error) }
            return []
        }
    }

    /// Reports the name servers, at once and after each change.
    public mutating func run(report: @Sendable ([Reading]) -> Void) async throws {
        try await following.run { _ in
            let resolved = await fromResolved()
            report(resolved.map { [$0] } ?? readings())
        }
    }

    /// What systemd-resolved says; `nil` if it does not run.
    private func fromResolved() async -> Reading? {
        guard await following.bus.isOwned(Self.service) else { return nil }
        do throws(DBusError) {
            let bus = following.bus
            let servers = try await bus.property(
                "DNSEx", of: Self.interface, at: Self.object, destination: Self.service)
            let domains = try await bus.property(
                "Domains", of: Self.interface, at: Self.object, destination: Self.service)
            faults.worked(Self.service)
            return NameServers(resolved: servers, domains, link: link).reading
        } catch {
            faults.failed(Self.service, error)
            return nil
        }
    }

    /// The name of a link of this namespace, as it can stand in a path.
    private static func linkName(_ index: UInt32) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(IF_NAMESIZE)) { buffer in
            guard let start = buffer.baseAddress, let name = if_indextoname(index, start) else { return nil }
            return Slug.name(UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) })
        }
    }
}
