internal import AgentCore
internal import Netlink
internal import CNetlink
internal import JSONText

/// A wireless link, as nl80211 describes it: what it is part of, and how well it hears.
///
/// Source of fact: include/uapi/linux/nl80211.h of the kernel.
struct WirelessLink: Hashable, Sendable {
    /// What is known of somebody at the other end.
    struct Station: Hashable, Sendable {
        /// The hardware address: of an access point, its BSSID.
        var address: [UInt8]?
        /// How strong it is heard, in dBm.
        var signal: Int8?
        /// What is sent to it, in units of 100 kbit/s.
        var sendRate: UInt32?
        /// What is received from it, in units of 100 kbit/s.
        var receiveRate: UInt32?

        /// What a message of `NL80211_CMD_NEW_STATION` says.
        init(_ attributes: NetlinkAttributes) {
            for attribute in attributes {
                switch attribute.type {
                case Int(NL80211_ATTR_MAC.rawValue): address = attribute.payload.array
                case Int(NL80211_ATTR_STA_INFO.rawValue): take(NetlinkAttributes(attribute.payload))
                default: break
                }
            }
        }

        private mutating func take(_ information: NetlinkAttributes) {
            var average: Int8?
            for attribute in information {
                switch attribute.type {
                case Int(NL80211_STA_INFO_SIGNAL.rawValue): signal = attribute.payload.load(Int8.self, at: 0)
                case Int(NL80211_STA_INFO_SIGNAL_AVG.rawValue): average = attribute.payload.load(Int8.self, at: 0)
                case Int(NL80211_STA_INFO_TX_BITRATE.rawValue): sendRate = Self.rate(attribute.payload)
                case Int(NL80211_STA_INFO_RX_BITRATE.rawValue): receiveRate = Self.rate(attribute.payload)
                default: break
                }
            }
            signal = average ?? signal
        }

        /// The rate in 32 bits, since 16 are too few for fast ones; old kernels have only those.
        private static func rate(_ bytes: NetlinkBytes) -> UInt32? {
            var narrow: UInt32?
            for attribute in NetlinkAttributes(bytes) {
                switch attribute.type {
                case Int(NL80211_RATE_INFO_BITRATE32.rawValue): return attribute.payload.load(UInt32.self, at: 0)
                case Int(NL80211_RATE_INFO_BITRATE.rawValue):
                    narrow = attribute.payload.load(UInt16.self, at: 0).map(UInt32.init)
                default: break
                }
            }
            return narrow
        }
    }

    /// The kernel's number of the link.
    let index: UInt32
    /// Its name.
    let name: [UInt8]
    /// What part it plays, as `NL80211_IFTYPE_...`.
    let type: UInt32
    /// The network's name: up to 32 bytes that need not be text.
    var ssid: [UInt8]?
    /// In MHz.
    var frequency: UInt32?

    /// What a message of `NL80211_CMD_NEW_INTERFACE` says; `nil` for what is no network link (a P2P device).
    init?(_ attributes: NetlinkAttributes) {
        var index: UInt32?
        var name: [UInt8]?
        var type: UInt32?
        for attribute in attributes {
            switch attribute.type {
            case Int(NL80211_ATTR_IFINDEX.rawValue): index = attribute.payload.load(UInt32.self, at: 0)
            case Int(NL80211_ATTR_IFNAME.rawValue): name = attribute.payload.text
            case Int(NL80211_ATTR_IFTYPE.rawValue): type = attribute.payload.load(UInt32.self, at: 0)
            case Int(NL80211_ATTR_SSID.rawValue): ssid = attribute.payload.array
            case Int(NL80211_ATTR_WIPHY_FREQ.rawValue): frequency = attribute.payload.load(UInt32.self, at: 0)
            default: break
            }
        }
        guard let index, let name, !name.isEmpty, let type else { return nil }
        self.index = index
        self.name = name
        self.type = type
    }

    /// `{mode, connected?, ssid?, frequency?, bssid?, signal?, sendRate?, receiveRate?, stations?}`: the frequency in MHz,
    /// the signal in dBm, rates in Mb/s. Of an access point `stations` says how many use it; of all others `connected`
    /// says whether there is one that they use.
    func value(_ stations: [Station]) -> JSON {
        let rate = { (rate: UInt32) in JSON.number((Double(rate) / 10).rounded()) }
        var value = JSON.Object()
        value["mode"] = .string(modeWord)
        let isAccessPoint = type == NL80211_IFTYPE_AP.rawValue
        if !isAccessPoint { value["connected"] = .boolean(!stations.isEmpty) }
        value["ssid"] = ssid.flatMap { $0.isEmpty ? nil : .string(String(decoding: $0, as: UTF8.self)) }
        value["frequency"] = frequency.map { .number($0) }
        if isAccessPoint {
            value["stations"] = .number(stations.count)
        } else if let station = stations.first {
            value["bssid"] = station.address.flatMap { NetworkAddressText.hardware($0, type: 1) }.map(JSON.string)
            value["signal"] = station.signal.map { .number($0) }
            value["sendRate"] = station.sendRate.map(rate)
            value["receiveRate"] = station.receiveRate.map(rate)
        }
        return .object(value)
    }

    /// The words that iw(8) prints.
    private var modeWord: String {
        switch type {
        case NL80211_IFTYPE_ADHOC.rawValue: "IBSS"
        case NL80211_IFTYPE_STATION.rawValue: "managed"
        case NL80211_IFTYPE_AP.rawValue: "AP"
        case NL80211_IFTYPE_MONITOR.rawValue: "monitor"
        case NL80211_IFTYPE_MESH_POINT.rawValue: "mesh point"
        case NL80211_IFTYPE_P2P_CLIENT.rawValue: "P2P-client"
        case NL80211_IFTYPE_P2P_GO.rawValue: "P2P-GO"
        default: String(type)
        }
    }
}
