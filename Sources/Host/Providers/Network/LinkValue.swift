internal import AgentCore
internal import Files
internal import CNetlink
internal import Glibc
internal import JSONText

// What a link and an address look like on the bus. The words are those that ip(8) prints.

extension LinkMessage {
    /// `{index, state, carrier?, speed?, duplex?, driver?, wireless?, mac?, mtu?, kind?, master?, parent?, peer?, vlan?,
    /// alternativeNames?, flags, addresses}`; the speed is in Mb/s.
    ///
    /// - Parameter names: The names of links by their numbers.
    func value(addresses: [JSON], hardware: LinkHardware, names: (Int32) -> [UInt8]?) -> JSON {
        let text = { (name: [UInt8]) in JSON.string(FilePath(name).text) }
        var value = JSON.Object()
        value["index"] = .number(index)
        value["state"] = .string(Self.stateWord(operationalState))
        value["carrier"] = carrier.map(JSON.boolean)
        hardware.describe(in: &value)
        value["mac"] = hardwareAddress.flatMap { NetworkAddressText.hardware($0, type: hardwareType) }.map(JSON.string)
        value["mtu"] = mtu.map { .number($0) }
        value["kind"] = kind.map(text)
        value["master"] = master.flatMap(names).map(text)
        // Of a pair of virtual links each stands on the other one.
        value[kind == Array("veth".utf8) ? "peer" : "parent"] = parent.flatMap(names).map(text)
        value["vlan"] = vlan.map { .number($0) }
        if !alternativeNames.isEmpty { value["alternativeNames"] = .array(alternativeNames.map(text)) }
        value["flags"] = .array(Self.flagWords.filter { flags & $0.flag != 0 }.map { .string($0.word) })
        value["addresses"] = .array(addresses)
        return .object(value)
    }

    /// The word for an operational state, RFC 2863's `ifOperStatus` as the kernel numbers it.
    private static func stateWord(_ state: UInt8?) -> String {
        let words = ["UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"]
        guard let state = state.map(Int.init), words.indices.contains(state) else { return "UNKNOWN" }
        return words[state]
    }

    /// The flags of netdevice(7), in the order in which ip(8) prints them.
    private static let flagWords: [(flag: UInt32, word: String)] = [
        (1 << 3, "LOOPBACK"), (1 << 1, "BROADCAST"), (1 << 4, "POINTOPOINT"), (1 << 12, "MULTICAST"),
        (1 << 7, "NOARP"), (1 << 9, "ALLMULTI"), (1 << 8, "PROMISC"), (1 << 10, "MASTER"), (1 << 11, "SLAVE"),
        (1 << 2, "DEBUG"), (1 << 15, "DYNAMIC"), (1 << 14, "AUTOMEDIA"), (1 << 13, "PORTSEL"),
        (1 << 5, "NOTRAILERS"), (1 << 0, "UP"), (1 << 16, "LOWER_UP"), (1 << 17, "DORMANT"), (1 << 18, "ECHO"),
    ]
}

extension AddressMessage {
    /// `{address, prefixLength, family, scope}`
    var value: JSON? {
        guard let address = NetworkAddressText.internet(key.address) else { return nil }
        return [
            "address": .string(address),
            "prefixLength": .number(key.prefixLength),
            "family": key.family == UInt8(AF_INET) ? "inet" : "inet6",
            "scope": .string(Self.scopeWord(scope)),
        ]
    }

    static func scopeWord(_ scope: UInt8) -> String {
        switch scope {
        case 0: "global"
        case 200: "site"
        case 253: "link"
        case 254: "host"
        case 255: "nowhere"
        default: String(scope)
        }
    }
}
