internal import CNetlink

/// One message of netlink(7): a header and a payload.
package struct NetlinkMessage: Hashable, Sendable {
    /// The type: `RTM_NEWLINK`, `NLMSG_DONE`, ...
    package let type: UInt16
    /// `NLM_F_...`
    package let flags: UInt16
    /// The number of the request that it answers; 0 in a notification.
    package let sequence: UInt32
    /// What follows the header.
    package let payload: NetlinkBytes

    private static let headerSize = 16

    /// The messages of one datagram. A message that is cut short, or whose length is wrong, ends the list.
    package static func all(in datagram: [UInt8]) -> [NetlinkMessage] {
        var messages: [NetlinkMessage] = []
        var rest = NetlinkBytes(datagram)
        while let length = rest.load(UInt32.self, at: 0).flatMap(Int.init(exactly:)), length >= headerSize,
            let type = rest.load(UInt16.self, at: 4), let flags = rest.load(UInt16.self, at: 6),
            let sequence = rest.load(UInt32.self, at: 8), let payload = rest.slice(headerSize..<length)
        {
            messages.append(NetlinkMessage(type: type, flags: flags, sequence: sequence, payload: payload))
            rest = rest.suffix(from: NetlinkBytes.aligned(length))
        }
        return messages
    }

    /// Whether the kernel changed something while it answered, so that an entry may be in the answer twice or not at
    /// all.
    package var isInterrupted: Bool { flags & UInt16(NLM_F_DUMP_INTR) != 0 }

    /// The errno that `NLMSG_ERROR` and `NLMSG_DONE` carry; 0 for none.
    package var errorCode: Int32 {
        guard let code = payload.load(Int32.self, at: 0), code < 0, code != .min else { return 0 }
        return -code
    }
}

/// The attributes in a message's payload: a type, a length, and bytes whose meaning depends on the type.
package struct NetlinkAttributes: Sequence, IteratorProtocol {
    /// One attribute.
    package struct Attribute {
        /// `IFLA_...`, `IFA_...`, without the bits for its encoding.
        package let type: Int
        /// Its value.
        package let payload: NetlinkBytes
    }

    private static let headerSize = 4
    /// All bits but `NLA_F_NESTED` and `NLA_F_NET_BYTEORDER`.
    private static let typeMask: UInt16 = 0x3FFF

    private var rest: NetlinkBytes

    /// The attributes that `bytes` hold. An attribute that is cut short, or whose length is wrong, ends the list.
    package init(_ bytes: NetlinkBytes) { rest = bytes }

    package mutating func next() -> Attribute? {
        guard let length = rest.load(UInt16.self, at: 0).map(Int.init), length >= Self.headerSize,
            let type = rest.load(UInt16.self, at: 2), let payload = rest.slice(Self.headerSize..<length)
        else { return nil }
        rest = rest.suffix(from: NetlinkBytes.aligned(length))
        return Attribute(type: Int(type & Self.typeMask), payload: payload)
    }
}
