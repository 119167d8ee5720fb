internal import CNetlink

/// A family of generic netlink: a part of the kernel that is reached under a number which is assigned at boot, as
/// are those of its multicast groups. Both are looked up by name.
///
/// Reference: include/uapi/linux/genetlink.h of the kernel.
package struct GenericFamily: Hashable, Sendable {
    /// The name: "thermal".
    package let name: String
    /// The type of its messages.
    package let identifier: UInt16
    /// The numbers of its multicast groups, by their names.
    package let groups: [String: UInt32]

    /// The family that a message describes; `nil` if it describes none.
    package init?(_ message: NetlinkMessage) {
        guard message.type == UInt16(GENL_ID_CTRL), let message = GenericMessage(message) else { return nil }
        var name: String?
        var identifier: UInt16?
        var groups: [String: UInt32] = [:]
        for attribute in message.attributes {
            switch attribute.type {
            case Int(CTRL_ATTR_FAMILY_NAME): name = String(decoding: attribute.payload.text, as: UTF8.self)
            case Int(CTRL_ATTR_FAMILY_ID): identifier = attribute.payload.load(UInt16.self, at: 0)
            case Int(CTRL_ATTR_MCAST_GROUPS): groups = Self.groups(attribute.payload)
            default: break
            }
        }
        guard let name, let identifier else { return nil }
        self.name = name
        self.identifier = identifier
        self.groups = groups
    }

    /// Looks up the family called `name`.
    ///
    /// - Returns: `nil` if the kernel has no family of this name.
    package static func named(_ name: String) throws(NetlinkError) -> GenericFamily? {
        let socket = try NetlinkSocket(family: NETLINK_GENERIC)
        return try NetlinkDump.of(.genericFamilies, over: socket).lazy.compactMap(GenericFamily.init)
            .first { $0.name == name }
    }

    /// A list of groups: attributes that number the list, each holding the attributes of one group.
    private static func groups(_ bytes: NetlinkBytes) -> [String: UInt32] {
        var groups: [String: UInt32] = [:]
        for entry in NetlinkAttributes(bytes) {
            var name: String?
            var number: UInt32?
            for attribute in NetlinkAttributes(entry.payload) {
                switch attribute.type {
                case Int(CTRL_ATTR_MCAST_GRP_NAME): name = String(decoding: attribute.payload.text, as: UTF8.self)
                case Int(CTRL_ATTR_MCAST_GRP_ID): number = attribute.payload.load(UInt32.self, at: 0)
                default: break
                }
            }
            if let name, let number { groups[name] = number }
        }
        return groups
    }
}

/// The payload of a message of generic netlink: a command, and attributes whose meaning depends on the family.
package struct GenericMessage {
    /// The command: `CTRL_CMD_NEWFAMILY`, `THERMAL_GENL_EVENT_TZ_TRIP_UP`, ...
    package let command: UInt8
    /// The attributes.
    package let attributes: NetlinkAttributes

    private static let headerSize = 4

    /// The payload of `message`, if it is long enough.
    package init?(_ message: NetlinkMessage) {
        guard let command = message.payload.load(UInt8.self, at: 0), message.payload.count >= Self.headerSize else {
            return nil
        }
        self.command = command
        attributes = NetlinkAttributes(message.payload.suffix(from: Self.headerSize))
    }
}
