public import JSONText
public import NetworkSettings

/// What the root program found out about a link, for the agent to show: it alone may read networkd's files.
public struct LinkView: Hashable, Sendable {
    /// The link's name.
    public var link: String
    /// The network manager that configures it; `nil` if it has none.
    public var owner: LinkOwner?
    /// Its configured settings; `nil` if the files of its owner are not read here.
    public var settings: LinkSettings?
    /// What it would be without any change made here.
    public var base: LinkSettings?

    /// A view of these parts.
    public init(link: String, owner: LinkOwner?, settings: LinkSettings?, base: LinkSettings?) {
        self.link = link
        self.owner = owner
        self.settings = settings
        self.base = base
    }

    /// What stands on the bus: the settings and `managedBy`. Of settings that are not known, all are `null`.
    public var shown: JSON {
        var object = settings?.members ?? Self.unknown
        object["managedBy"] = owner.map { .string($0.rawValue) } ?? .null
        return .object(object)
    }

    private static let unknown: JSON.Object = [
        "mode": .null, "addresses": .null, "gateway": .null, "dns": .null, "ipv6": .null, "mtu": .null,
    ]

    /// All of it, for the disk.
    public var json: JSON {
        [
            "link": .string(link), "managedBy": owner.map { .string($0.rawValue) } ?? .null,
            "settings": settings?.json ?? .null, "base": base?.json ?? .null,
        ]
    }

    /// Reads what `json` writes.
    public init?(_ value: JSON) {
        guard let link = value["link"]?.string else { return nil }
        self.init(
            link: link, owner: value["managedBy"]?.string.flatMap(LinkOwner.init(rawValue:)),
            settings: LinkSettings(recorded: value["settings"]), base: LinkSettings(recorded: value["base"]))
    }
}
