public import JSONText

/// What the kernel has of a link at one moment, as far as settings make it so: to be compared with another moment.
public struct KernelState: Hashable, Sendable {
    /// Whether the link is administratively up.
    public var isUp: Bool
    /// The largest packet in bytes.
    public var mtu: Int
    /// The addresses with their prefix, sorted: without those that are good for the link alone, which come and go by
    /// themselves.
    public var addresses: [String]
    /// The routes to everywhere, as `via <router>` or `dev`, sorted.
    public var routes: [String]

    /// A state of these parts.
    public init(isUp: Bool, mtu: Int, addresses: [String], routes: [String]) {
        self.isUp = isUp
        self.mtu = mtu
        self.addresses = addresses.sorted()
        self.routes = routes.sorted()
    }

    /// How `other` differs from this one, in words; `nil` if it does not.
    public func difference(to other: KernelState) -> String? {
        var words: [String] = []
        if isUp != other.isUp { words.append("the link is \(other.isUp ? "up" : "down")") }
        if mtu != other.mtu { words.append("mtu is \(other.mtu), was \(mtu)") }
        for (what, before, after) in [("address", addresses, other.addresses), ("default route", routes, other.routes)]
        {
            words += before.filter { !after.contains($0) }.map { "\(what) \($0) is missing" }
            words += after.filter { !before.contains($0) }.map { "\(what) \($0) is new" }
        }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }

    /// `{isUp, mtu, addresses, routes}`
    public var json: JSON {
        [
            "isUp": .boolean(isUp), "mtu": .number(mtu), "addresses": .array(addresses.map(JSON.string)),
            "routes": .array(routes.map(JSON.string)),
        ]
    }

    /// Reads what `json` writes.
    public init?(_ value: JSON?) {
        guard let value, let isUp = value["isUp"]?.bool, let mtu = value["mtu"]?.int,
            let addresses = value["addresses"]?.array, let routes = value["routes"]?.array
        else { return nil }
        self.init(
            isUp: isUp, mtu: mtu, addresses: addresses.compactMap(\.string), routes: routes.compactMap(\.string))
    }
}
