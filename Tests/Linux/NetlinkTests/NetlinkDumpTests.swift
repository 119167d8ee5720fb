import CNetlink
import Glibc
import Netlink
import TestSupport
import Testing

/// How a whole answer is had from a kernel that answers in pieces, and sometimes changes its mind meanwhile.
struct NetlinkDumpTests {
    @Test("the request for links is what the kernel wants, byte by byte")
    func linkRequest() {
        #expect(
            NetlinkRequest.links(counters: false).datagram(sequence: 7) == [
                // length, RTM_GETLINK, request and dump, number
                40, 0, 0, 0, 18, 0, 0x01, 0x03, 7, 0, 0, 0, 0, 0, 0, 0,
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // struct ifinfomsg
                8, 0, 29, 0, 8, 0, 0, 0,  // IFLA_EXT_MASK: without counters
            ])
    }

    @Test("the request for addresses is what the kernel wants, byte by byte")
    func addressRequest() {
        #expect(
            NetlinkRequest.addresses.datagram(sequence: 1) == [
                24, 0, 0, 0, 22, 0, 0x01, 0x03, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            ])
    }

    @Test("an answer in several datagrams is whole with the last")
    func pieces() throws {
        let kernel = Kernel([[link(1)], [link(1) + link(1)], [done(1)]])
        #expect(try NetlinkDump.of(.addresses, over: kernel).count == 3)
        #expect(kernel.requests.count == 1)
    }

    @Test("what answers another request is passed over")
    func otherRequest() throws {
        let kernel = Kernel([[link(9) + done(9)], [link(1) + done(1)]])
        #expect(try NetlinkDump.of(.addresses, over: kernel).count == 1)
    }

    @Test(
        "an answer during which something changed is read to its end and asked for again",
        arguments: [
            [NetlinkBuilder.message(20, flags: Int(NLM_F_DUMP_INTR), sequence: 1)],
            [NetlinkBuilder.message(Int(NLMSG_OVERRUN), sequence: 1)], [],
        ])
    func interrupted(sign: [[UInt8]]) throws {
        let flags = sign.isEmpty ? Int(NLM_F_DUMP_INTR) : 0
        let kernel = Kernel([[link(1)], sign, [link(1) + done(1, flags: flags)], [link(2) + done(2)]])
        #expect(try NetlinkDump.of(.addresses, over: kernel).count == 1)
        #expect(
            kernel.requests == [
                NetlinkRequest.addresses.datagram(sequence: 1), NetlinkRequest.addresses.datagram(sequence: 2),
            ])
    }

    @Test("a kernel that never comes to rest is not asked for ever")
    func restless() {
        let kernel = Kernel((1...20).map { [done(UInt32($0), flags: Int(NLM_F_DUMP_INTR))] })
        #expect(throws: NetlinkError.interrupted) { try NetlinkDump.of(.addresses, over: kernel) }
        #expect(kernel.requests.count == NetlinkDump.attempts)
    }

    @Test("a refusal is an error with the kernel's reason")
    func refused() {
        let reason = NetlinkBuilder.message(Int(NLMSG_ERROR), sequence: 1, code(EPERM))
        #expect(throws: NetlinkError("dump", code: EPERM)) {
            try NetlinkDump.of(.addresses, over: Kernel([[reason]]))
        }
        let late = NetlinkBuilder.message(Int(NLMSG_DONE), sequence: 1, code(ENOMEM))
        #expect(throws: NetlinkError("dump", code: ENOMEM)) {
            try NetlinkDump.of(.addresses, over: Kernel([[link(1)], [late]]))
        }
    }

    @Test("no answer is an error")
    func silence() {
        #expect(throws: NetlinkError("answer", code: ETIMEDOUT)) {
            try NetlinkDump.of(.addresses, over: Kernel([[link(1)]]))
        }
    }

    private func link(_ sequence: UInt32) -> [UInt8] {
        NetlinkBuilder.message(Int(RTM_NEWLINK), sequence: sequence, NetlinkBuilder.link(index: 1))
    }

    private func done(_ sequence: UInt32, flags: Int = 0) -> [UInt8] {
        NetlinkBuilder.message(Int(NLMSG_DONE), flags: flags, sequence: sequence, code(0))
    }

    private func code(_ code: Int32) -> [UInt8] { withUnsafeBytes(of: -code) { Array($0) } }

    /// A kernel that says what it was told to.
    private final class Kernel: NetlinkExchange {
        private var answers: [[UInt8]]
        private(set) var requests: [[UInt8]] = []

        init(_ answers: [[[UInt8]]]) { self.answers = answers.flatMap { $0 } }

        func send(_ datagram: [UInt8]) throws(NetlinkError) { requests.append(datagram) }

        func receive() throws(NetlinkError) -> [UInt8] {
            guard !answers.isEmpty else { throw NetlinkError("answer", code: ETIMEDOUT) }
            return answers.removeFirst()
        }
    }
}
