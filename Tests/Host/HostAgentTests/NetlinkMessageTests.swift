import CNetlink
import TestSupport
import Testing

@testable import HostAgent

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

    @Test("an address of the wrong length, or with too long a prefix, is none")
    func oddAddresses() {
        func message(_ family: UInt8, _ prefixLength: UInt8, _ address: [UInt8]) -> [RouteMessage] {
            RouteMessage.all(
                in: NetlinkBuilder.message(
                    Int(RTM_NEWADDR),
                    NetlinkBuilder.address(
                        link: 1, family: family, prefixLength: prefixLength,
                        NetlinkBuilder.attribute(Int(IFA_ADDRESS), address))))
        }
        #expect(message(2, 24, [192, 0, 2, 1]).count == 1)
        #expect(message(2, 33, [192, 0, 2, 1]).isEmpty)
        #expect(message(2, 24, [192, 0, 2]).isEmpty)
        #expect(message(10, 64, [192, 0, 2, 1]).isEmpty)
        #expect(message(9, 24, [192, 0, 2, 1]).isEmpty)
        #expect(message(2, 24, []).isEmpty)
    }

    @Test("captured messages cut short at every length")
    func truncated() throws {
        for datagram in try Fixture.capture("rtnetlink.capture") {
            for length in 0..<datagram.bytes.count { digest(Array(datagram.bytes.prefix(length))) }
        }
    }

    @Test("captured messages with bytes changed at random", arguments: 1...4)
    func mutated(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let capture = try Fixture.capture("rtnetlink.capture").map(\.bytes)
        for _ in 0..<5_000 {
            var datagram = capture.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                // Half of the damage goes to the first header and the attributes after it, where the lengths are.
                let end = Bool.random(using: &random) ? min(64, datagram.count) : datagram.count
                datagram[Int.random(in: 0..<end, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            digest(datagram)
        }
    }

    @Test("noise", arguments: 1...4)
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            digest((0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...31, using: &random) })
        }
    }

    /// Does with a datagram all that is ever done with one.
    private func digest(_ datagram: [UInt8]) {
        var dump = NetlinkDump(sequence: 1)
        _ = dump.take(datagram)
        var table = LinkTable()
        for message in RouteMessage.all(in: datagram) {
            table.apply(message)
            if case .link(let link) = message {
                _ = LinkCounters(link)?.reading
                _ = LinkCounters(link)?.measured
            }
        }
        for reading in table.readings { #expect(reading.path.utf8.allSatisfy { (0x21...0x7E).contains($0) }) }
    }
}
