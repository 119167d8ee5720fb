import CNetlink
import Netlink
import TestSupport
import Testing

@testable import AgentCore
@testable import Providers

/// Messages about the network are input like any other: whatever they say, nothing traps and nothing runs away.
struct RouteMessageTests {
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
