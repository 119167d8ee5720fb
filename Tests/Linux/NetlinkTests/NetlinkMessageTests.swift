import CNetlink
import Netlink
import TestSupport
import Testing

/// Bytes from the kernel are input like any other: whatever they say, nothing traps and nothing runs away.
struct NetlinkMessageTests {
    @Test("a datagram gives its messages, each with its attributes")
    func messages() {
        let name = NetlinkBuilder.attribute(Int(IFLA_IFNAME), Array("eth0\0".utf8))
        let datagram =
            NetlinkBuilder.message(Int(RTM_NEWLINK), flags: 2, sequence: 5, NetlinkBuilder.link(index: 1, name))
            + NetlinkBuilder.message(Int(NLMSG_DONE), sequence: 5, [0, 0, 0, 0])
        let messages = NetlinkMessage.all(in: datagram)
        #expect(messages.map(\.type) == [UInt16(RTM_NEWLINK), UInt16(NLMSG_DONE)])
        #expect(messages.map(\.sequence) == [5, 5])
        #expect(NetlinkAttributes(messages[0].payload.suffix(from: 16)).map(\.payload.text) == [Array("eth0".utf8)])
    }

    @Test("a length that is too small or too large ends the list", arguments: [0, 1, 15, 17 + 16, 0xFFFF_FFFF])
    func lyingLength(length: UInt32) {
        var datagram = NetlinkBuilder.message(Int(NLMSG_NOOP)) + NetlinkBuilder.message(Int(NLMSG_DONE))
        datagram.replaceSubrange(16..<20, with: withUnsafeBytes(of: length) { Array($0) })
        #expect(NetlinkMessage.all(in: datagram).map(\.type) == [UInt16(NLMSG_NOOP)])
    }

    @Test(
        "an attribute's length that is too small or too large ends the list", arguments: [0, 3, 9, 0xFFFF] as [UInt16])
    func lyingAttribute(length: UInt16) {
        var bytes = NetlinkBuilder.attribute(1, [1, 2, 3, 4]) + NetlinkBuilder.attribute(2, [5, 6, 7, 8])
        bytes.replaceSubrange(8..<10, with: withUnsafeBytes(of: length) { Array($0) })
        #expect(NetlinkAttributes(NetlinkBytes(bytes)).map(\.type) == [1])
    }

    @Test("the bits that say how an attribute is packed are no part of its type")
    func packing() {
        let bytes = NetlinkBuilder.attribute(0x8000 | 18, []) + NetlinkBuilder.attribute(0x4000 | 4, [])
        #expect(NetlinkAttributes(NetlinkBytes(bytes)).map(\.type) == [18, 4])
    }

    @Test("reading beyond the end gives nothing")
    func bounds() {
        let bytes = NetlinkBytes([1, 2, 3, 4])
        #expect(bytes.load(UInt32.self, at: 0) != nil)
        #expect(bytes.load(UInt32.self, at: 1) == nil)
        #expect(bytes.load(UInt32.self, at: -1) == nil)
        #expect(bytes.load(UInt64.self, at: .max) == nil)
        #expect(bytes.slice(2..<5) == nil)
        #expect(bytes.suffix(from: 9).count == 0)
    }
}
