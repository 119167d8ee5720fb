import Netlink
import CNetlink
import Glibc
import JSONText
import Synchronization
import TestSupport
import Testing

@testable import AgentCore
@testable import Providers

/// How well wireless links hear, by nl80211's words.
struct WirelessProviderTests {
    @Test("a link that is connected tells its network, and how well it hears it")
    func connected() {
        let kernel = Radio(interfaces: [wlan0()], stations: [station(signal: -52)])
        var wireless = kernel.provider()
        #expect(
            wireless.readings().map(\.json) == [
                [
                    "path": "network/wlan0/wireless",
                    "value": [
                        "mode": "managed", "connected": true, "ssid": "lab", "frequency": 5180,
                        "bssid": "02:00:00:00:01:00", "signal": -52, "sendRate": 433, "receiveRate": 6,
                    ],
                    "meta": ["title": "Radio of wlan0", "datatype": "json"],
                ]
            ])
    }

    @Test("a signal that trembles is not published, one that fades is")
    func deadband() {
        let kernel = Radio(interfaces: [wlan0()], stations: [station(signal: -52)])
        var wireless = kernel.provider()
        var board = StateBoard()
        let steps = [Int8(-52), -54, -55].map { signal in
            kernel.stations.withLock { $0 = [station(signal: signal)] }
            return board.apply(wireless.readings(), of: "wireless").publications.count
        }
        #expect(steps == [1, 0, 1])
    }

    @Test("a link that is not connected says so, and an access point how many use it")
    func modes() {
        let idle = Radio(interfaces: [wlan0()], stations: [])
        var wireless = idle.provider()
        #expect(wireless.readings().first?.value["connected"] == false)
        let point = Radio(
            interfaces: [wlan0(type: NL80211_IFTYPE_AP.rawValue)],
            stations: [station(signal: -40), station(signal: -70)])
        wireless = point.provider()
        #expect(wireless.readings().first?.value["mode"] == "AP")
        #expect(wireless.readings().first?.value["stations"] == 2)
    }

    @Test("a host without a radio is not asked, and one whose kernel does not answer says so once")
    func absent() {
        let kernel = Radio(interfaces: [], stations: [])
        var wireless = kernel.provider(hasRadio: false)
        #expect(wireless.readings().isEmpty && kernel.requests.withLock { $0 } == 0)
        let log = MemoryLog()
        wireless = WirelessProvider(period: .seconds(10), logger: log.logger, hasRadio: { true }) { _ in
            throw NetlinkError("socket", code: EPROTONOSUPPORT)
        }
        #expect(wireless.readings().isEmpty && wireless.readings().isEmpty)
        #expect(log.said == ["warning cannot be read wireless"])
    }

    @Test("what is cut short or strange is left out")
    func nonsense() {
        #expect(WirelessLink(NetlinkAttributes(NetlinkBytes([1, 2, 3]))) == nil)
        let kernel = Radio(interfaces: [[0, 0, 0, 0], []], stations: [[1, 1, 1, 1, 5]])
        var wireless = kernel.provider()
        #expect(wireless.readings().isEmpty)
    }

    // MARK: - Messages

    private func wlan0(type: UInt32 = 2) -> [UInt8] {
        [NL80211_CMD_NEW_INTERFACE.rawValue8, 1, 0, 0] + number(NL80211_ATTR_IFINDEX.rawValue, 3)
            + attribute(NL80211_ATTR_IFNAME.rawValue, Array("wlan0\0".utf8))
            + number(NL80211_ATTR_IFTYPE.rawValue, type)
            + attribute(NL80211_ATTR_SSID.rawValue, Array("lab".utf8))
            + number(NL80211_ATTR_WIPHY_FREQ.rawValue, 5180)
    }

    private func station(signal: Int8) -> [UInt8] {
        let fast = attribute(
            NL80211_STA_INFO_TX_BITRATE.rawValue,
            attribute(NL80211_RATE_INFO_BITRATE.rawValue, [0, 0]) + number(NL80211_RATE_INFO_BITRATE32.rawValue, 4333))
        let slow = attribute(
            NL80211_STA_INFO_RX_BITRATE.rawValue, attribute(NL80211_RATE_INFO_BITRATE.rawValue, [60, 0]))
        let information =
            attribute(NL80211_STA_INFO_SIGNAL.rawValue, [UInt8(bitPattern: signal)]) + fast + slow
        return [NL80211_CMD_NEW_STATION.rawValue8, 1, 0, 0]
            + attribute(NL80211_ATTR_MAC.rawValue, [2, 0, 0, 0, 1, 0])
            + attribute(NL80211_ATTR_STA_INFO.rawValue, information)
    }

    private func attribute(_ type: UInt32, _ value: [UInt8]) -> [UInt8] {
        NetlinkBuilder.attribute(Int(type), value)
    }

    private func number(_ type: UInt32, _ value: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(attribute: Int(type), value)
        return bytes
    }
}

/// A kernel with these wireless links, each of which hears these stations.
private final class Radio: Sendable {
    let stations: Mutex<[[UInt8]]>
    let requests = Mutex(0)
    private let interfaces: [[UInt8]]

    private static let family: UInt16 = 28

    init(interfaces: [[UInt8]], stations: [[UInt8]]) {
        self.interfaces = interfaces
        self.stations = Mutex(stations)
    }

    /// A provider on a host that has a radio, or not.
    func provider(hasRadio: Bool = true) -> WirelessProvider {
        WirelessProvider(period: .seconds(10), logger: MemoryLog().logger, hasRadio: { hasRadio }, ask: answer)
    }

    @Sendable func answer(_ request: NetlinkRequest) throws -> [NetlinkMessage] {
        requests.withLock { $0 += 1 }
        switch request {
        case .genericFamilies:
            var number: [UInt8] = []
            number.append(native: Self.family)
            let payload =
                [UInt8(CTRL_CMD_NEWFAMILY), 2, 0, 0]
                + NetlinkBuilder.attribute(Int(CTRL_ATTR_FAMILY_NAME), Array("nl80211\0".utf8))
                + NetlinkBuilder.attribute(Int(CTRL_ATTR_FAMILY_ID), number)
            return NetlinkMessage.all(in: NetlinkBuilder.message(Int(GENL_ID_CTRL), payload))
        case .generic(Self.family, NL80211_CMD_GET_INTERFACE.rawValue8, _): return messages(interfaces)
        case .generic(Self.family, NL80211_CMD_GET_STATION.rawValue8, _): return messages(stations.withLock { $0 })
        default: throw NetlinkError("dump", code: EOPNOTSUPP)
        }
    }

    private func messages(_ payloads: [[UInt8]]) -> [NetlinkMessage] {
        payloads.flatMap { NetlinkMessage.all(in: NetlinkBuilder.message(Int(Self.family), $0)) }
    }
}

extension nl80211_commands {
    /// The number as it stands in a message.
    fileprivate var rawValue8: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
}
