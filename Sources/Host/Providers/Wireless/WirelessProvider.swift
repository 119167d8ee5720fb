public import AgentCore
internal import Netlink
internal import Files
internal import CNetlink
internal import Glibc
internal import JetProtocol
public import Logging

/// How well the host's wireless links hear: `network/<link>/wireless`.
///
///     network/wlan0/wireless  {"mode": "managed", "connected": true, "ssid": "lab", "frequency": 5180,
///                              "bssid": "02:00:00:00:01:00", "signal": -52, "sendRate": 433, "receiveRate": 390}
///
/// By nl80211, the generic netlink family of wireless links: /proc/net/wireless is left out of newer kernels and knows
/// neither a network's name nor rates. A signal is never still, and drivers ask their hardware for it: so it is polled
/// slowly, and published when it has moved by 3 dB.
public struct WirelessProvider: Provider {
    /// `wireless`
    public let name = "wireless"

    /// How long between two polls.
    public let period: Duration?

    private let hasRadio: @Sendable () -> Bool
    private let ask: @Sendable (NetlinkRequest) throws -> [NetlinkMessage]
    private let faults: FaultLog
    private var family: UInt16?

    /// The wireless links of this network namespace.
    public init(_ host: Host, period: Duration = .seconds(10), logger: Logger) {
        self.init(period: period, logger: logger) {
            !host.devices(ofClass: "ieee80211").isEmpty
        } ask: {
            try NetlinkDump.of($0, over: NetlinkSocket(family: NETLINK_GENERIC))
        }
    }

    init(
        period: Duration, logger: Logger, hasRadio: @escaping @Sendable () -> Bool,
        ask: @escaping @Sendable (NetlinkRequest) throws -> [NetlinkMessage]
    ) {
        self.hasRadio = hasRadio
        self.period = period
        self.ask = ask
        faults = FaultLog(logger)
    }

    /// All wireless links now. A host without a radio is not asked for them.
    public mutating func readings() -> [Reading] {
        guard hasRadio() else {
            family = nil
            return []
        }
        do {
            let readings = try links().map(reading)
            faults.worked(name)
            return readings
        } catch {
            // The family may have another number after the module is loaded again.
            family = nil
            faults.failed(name, error)
            return []
        }
    }

    private mutating func links() throws -> [WirelessLink] {
        if family == nil {
            family = try ask(.genericFamilies).compactMap(GenericFamily.init).first { $0.name == "nl80211" }?.identifier
        }
        guard let family else { return [] }
        return try ask(.generic(family: family, command: UInt8(NL80211_CMD_GET_INTERFACE.rawValue)))
            .compactMap { GenericMessage($0).flatMap { WirelessLink($0.attributes) } }
    }

    private func reading(_ link: WirelessLink) throws -> Reading {
        Reading(
            LinkPath.wireless(link.name), link.value(try stations(of: link)),
            Metadata(title: "Radio of \(FilePath(link.name).text)", datatype: .json),
            deadband: .members(["signal": 3, "sendRate": 20, "receiveRate": 20]))
    }

    private func stations(of link: WirelessLink) throws -> [WirelessLink.Station] {
        guard let family else { return [] }
        var attributes: [UInt8] = []
        attributes.append(attribute: Int(NL80211_ATTR_IFINDEX.rawValue), link.index)
        do {
            return try ask(
                .generic(
                    family: family, command: UInt8(NL80211_CMD_GET_STATION.rawValue), attributes: attributes)
            ).compactMap { GenericMessage($0).map { WirelessLink.Station($0.attributes) } }
        } catch let error as NetlinkError {
            // A link that is down or gone, or a driver that does not tell.
            if [ENETDOWN, ENODEV, EOPNOTSUPP, ENOENT].contains(error.code) { return [] }
            throw error
        }
    }
}
