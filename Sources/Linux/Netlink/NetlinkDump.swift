internal import CNetlink
internal import Glibc

/// A conversation with the kernel: requests out, datagrams in.
package protocol NetlinkExchange {
    /// Sends one request.
    func send(_ datagram: [UInt8]) throws(NetlinkError)

    /// Waits for the next datagram.
    func receive() throws(NetlinkError) -> [UInt8]
}

/// The answer to a dump request, collected from its datagrams until the kernel says that it is whole.
package struct NetlinkDump {
    /// What has come of it.
    package enum Progress: Equatable {
        /// More is to come.
        case incomplete
        /// The kernel has said all of it, and nothing changed meanwhile.
        case complete
        /// The kernel has said all of it, but something changed while it did: it is worth nothing.
        case interrupted
        /// The kernel refused, with this errno.
        case refused(Int32)
    }

    /// What was collected so far.
    package private(set) var messages: [NetlinkMessage] = []

    private let sequence: UInt32
    private var isInterrupted = false

    /// The answer to the request of this number.
    package init(sequence: UInt32) { self.sequence = sequence }

    /// Takes a datagram in. Messages that answer something else are passed over.
    package mutating func take(_ datagram: [UInt8]) -> Progress {
        for message in NetlinkMessage.all(in: datagram) where message.sequence == sequence {
            if message.isInterrupted { isInterrupted = true }
            switch Int32(message.type) {
            case NLMSG_DONE:
                if message.errorCode != 0 { return .refused(message.errorCode) }
                return isInterrupted ? .interrupted : .complete
            case NLMSG_ERROR:
                return .refused(message.errorCode)
            case NLMSG_NOOP:
                break
            case NLMSG_OVERRUN:
                isInterrupted = true
            default:
                messages.append(message)
            }
        }
        return .incomplete
    }

    /// How often a dump is begun anew when something changed meanwhile.
    package static let attempts = 10

    /// Asks for a whole dump, again if something changed meanwhile.
    ///
    /// - Throws: `NetlinkError` if the kernel refuses or does not answer; `.interrupted` after so many attempts.
    package static func of(_ request: NetlinkRequest, over exchange: some NetlinkExchange) throws(NetlinkError)
        -> [NetlinkMessage]
    {
        for sequence in 1...UInt32(attempts) {
            try exchange.send(request.datagram(sequence: sequence))
            var dump = NetlinkDump(sequence: sequence)
            collecting: while true {
                switch dump.take(try exchange.receive()) {
                case .incomplete: continue
                case .complete: return dump.messages
                case .interrupted: break collecting
                case .refused(let code): throw NetlinkError("dump", code: code)
                }
            }
        }
        throw .interrupted
    }

    /// Asks for a dump, and listens only until there are `limit` messages that `isWanted` says are. The exchange is good
    /// for nothing else afterwards.
    ///
    /// - Throws: `NetlinkError` if the kernel refuses or does not answer; `.interrupted` if something changed meanwhile.
    package static func first(
        _ limit: Int, of request: NetlinkRequest, over exchange: some NetlinkExchange,
        where isWanted: (NetlinkMessage) -> Bool
    ) throws(NetlinkError) -> [NetlinkMessage] {
        try exchange.send(request.datagram(sequence: 1))
        var dump = NetlinkDump(sequence: 1)
        while true {
            let known = dump.messages.count
            let progress = dump.take(try exchange.receive())
            dump.messages[known...].removeAll { !isWanted($0) }
            if dump.messages.count >= limit { return Array(dump.messages.prefix(limit)) }
            switch progress {
            case .incomplete: continue
            case .complete: return dump.messages
            case .interrupted: throw .interrupted
            case .refused(let code): throw NetlinkError("dump", code: code)
            }
        }
    }
}

/// Why the kernel's word could not be had.
package struct NetlinkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried.
    package let operation: String
    /// Why it failed, as errno(3) has it.
    package let code: Int32

    package init(_ operation: String, code: Int32 = errno) {
        self.operation = operation
        self.code = code
    }

    /// Something changed during every attempt to get a whole answer.
    package static let interrupted = NetlinkError("dump", code: EINTR)

    /// Both in words.
    package var description: String { "netlink: \(operation): \(String(cString: strerror(code)))" }
}
