internal import CNetlink
internal import Glibc

/// A socket to the kernel: sends requests, and receives datagrams.
package protocol NetlinkExchange {
    /// Sends one request.
    func send(_ datagram: [UInt8]) throws(NetlinkError)

    /// Waits for the next datagram.
    func receive() throws(NetlinkError) -> [UInt8]
}

/// The answer to a dump request, collected from its datagrams until it is complete.
package struct NetlinkDump {
    /// The state of an answer.
    package enum Progress: Equatable {
        /// More datagrams follow.
        case incomplete
        /// It is complete, and nothing changed meanwhile.
        case complete
        /// It is complete, but something changed meanwhile: it is invalid.
        case interrupted
        /// The kernel refused the request, with this error number.
        case refused(Int32)
    }

    /// The messages so far.
    package private(set) var messages: [NetlinkMessage] = []

    private let sequence: UInt32
    private var isInterrupted = false

    /// The answer to the request with this number.
    package init(sequence: UInt32) { self.sequence = sequence }

    /// Adds a datagram. Messages that belong to other requests are ignored.
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

    /// How often a dump is requested again if something changed meanwhile.
    package static let attempts = 10

    /// Requests a dump, again if something changed meanwhile.
    ///
    /// - Throws: `NetlinkError` if the kernel refuses or does not answer; `.interrupted` after all attempts.
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

    /// Requests a dump, and reads it only until there are `limit` messages that `isWanted` accepts. The exchange must
    /// not be used afterwards.
    ///
    /// - Throws: `NetlinkError` if the kernel refuses or does not answer; `.interrupted` if something changed
    ///   meanwhile.
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

/// Why a netlink operation failed.
package struct NetlinkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The operation.
    package let operation: String
    /// The error number, errno(3).
    package let code: Int32

    package init(_ operation: String, code: Int32 = errno) {
        self.operation = operation
        self.code = code
    }

    /// Something changed during each attempt to get a complete answer.
    package static let interrupted = NetlinkError("dump", code: EINTR)

    /// Operation and reason in one line.
    package var description: String { "netlink: \(operation): \(String(cString: strerror(code)))" }
}
