public import JSONText
public import JetProtocol

/// The error that this library throws: a code for programs, a sentence for people, and data from the other side.
///
///     do {
///         try await peer.set("led/brightness", to: 300)
///     } catch {
///         switch error.code {
///         case .invalidParams: print("refused:", error.refusal ?? "?")    // .pathNotExists("led/brightness")
///         case .responseTimeout, .timeout: print("no answer in time")
///         case .notConnected: print("the daemon is away")
///         default: print(error)
///         }
///     }
///
/// The handlers of States and Methods throw it to refuse: code, message and data reach the caller as they are.
///
///     throw JetError(.other(17), "the door is open", data: ["door": 3])
public struct JetError: Error, Sendable {
    /// What kind of error.
    public var code: Code
    /// A sentence for people.
    public var message: String
    /// More for programs, as the daemon or the owner sent it.
    public var data: JSON?
    /// The error of another library behind this one, if there is one.
    public var underlying: (any Error)?

    /// An error with these properties.
    public init(_ code: Code, _ message: String, data: JSON? = nil, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.data = data
        self.underlying = underlying
    }
}

extension JetError {
    /// What kind of error: one of this side, or a number of the wire (jet-protocol(7) §5.1).
    ///
    ///     if error.code == .responseTimeout { retry() }
    ///     if error.code == .other(17) { closeDoor() }
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable {
            case local(String)
            case wire(Int)
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        // Of this side

        /// There is no connection: connecting failed, the connection was lost, or the peer is reconnecting.
        public static let notConnected = Code(.local("notConnected"))
        /// The daemon's certificate is not trusted; `JetError.certificateProblem` says why. Nothing was sent.
        public static let notTrusted = Code(.local("notTrusted"))
        /// A file that `Configuration.security` names cannot be read or used.
        public static let invalidSecurity = Code(.local("invalidSecurity"))
        /// The peer was closed by `Peer.close()`.
        public static let closed = Code(.local("closed"))
        /// The daemon itself did not answer in time. (An owner that does not is `responseTimeout`.)
        public static let timeout = Code(.local("timeout"))
        /// A text that names no endpoint.
        public static let invalidEndpoint = Code(.local("invalidEndpoint"))
        /// A received value is not of the requested type.
        public static let decoding = Code(.local("decoding"))
        /// A value cannot be written as JSON.
        public static let encoding = Code(.local("encoding"))
        /// The waiting task was cancelled.
        public static let cancelled = Code(.local("cancelled"))
        /// The daemon reads too slowly, and what waits to be sent has reached `Configuration.outboxLimit`.
        public static let congested = Code(.local("congested"))
        /// A function of `BlockingPeer` was used where waiting holds up others: in async code, or on an event loop.
        public static let mustNotWait = Code(.local("mustNotWait"))

        // Of the wire

        /// -32700: the text was no JSON.
        public static let parseError = Code(.parseError)
        /// -32600: the JSON was no message.
        public static let invalidRequest = Code(.invalidRequest)
        /// -32601: the daemon has no such method.
        public static let methodNotFound = Code(.methodNotFound)
        /// -32602: the params do not fit; `JetError.refusal` says how.
        public static let invalidParams = Code(.invalidParams)
        /// -32603: something went wrong on the other side.
        public static let internalError = Code(.internalError)
        /// -32001: the owner did not answer in time.
        public static let responseTimeout = Code(.responseTimeout)
        /// -32002: the owner's connection ended before it answered.
        public static let ownerGone = Code(.connectionClosed)
        /// -32010: a quota is used up; `JetError.refusal` names it.
        public static let limitExceeded = Code(.limitExceeded)

        /// Any number of the wire: owners may use their own.
        public static func other(_ number: Int) -> Code { Code(.wire(number)) }

        /// The code of this number of the wire.
        public init(_ code: ErrorCode) { self.init(.wire(code.rawValue)) }

        /// The number on the wire; `nil` for an error of this side.
        public var number: Int? {
            guard case .wire(let number) = kind else { return nil }
            return number
        }
    }

    /// Whether time ran out, at the owner (`responseTimeout`) or at the daemon (`timeout`).
    public var isTimeout: Bool { code == .timeout || code == .responseTimeout }
}

extension JetError.Code: CustomStringConvertible {
    /// The name of a code of this side, the number of one of the wire.
    public var description: String {
        switch kind {
        case .local(let name): name
        case .wire(let number): String(number)
        }
    }
}

extension JetError: CustomStringConvertible {
    /// All of it in one line.
    public var description: String {
        if let refusal {
            let isSaid = message.hasSuffix("\(refusal)")
            return isSaid ? "\(message) (\(code))" : "\(message): \(refusal) (\(code))"
        }
        if let data { return "\(message): \(data) (\(code))" }
        return "\(message) (\(code))"
    }
}

extension JetError {
    /// The error of an answer that came over the wire.
    init(_ object: ErrorObject) {
        self.init(
            Code(object.code), object.message.isEmpty ? "Error" : object.message,
            data: object.data.flatMap { try? JSON(parsing: $0) })
    }

    /// The error as an answer to the wire. A code of this side means nothing there and becomes an internal error.
    var object: ErrorObject {
        guard let number = code.number else { return .internalError(message) }
        // node-jet's peer cannot do without the data of an internal error.
        let reason: JSON? = code == .internalError ? .string(message) : nil
        return ErrorObject(code: ErrorCode(rawValue: number), message: message, data: (data ?? reason)?.text)
    }

    /// The error that answers a request whose handler threw `error`.
    static func answer(to error: any Error) -> ErrorObject {
        (error as? JetError)?.object ?? .internalError("\(error)")
    }

    static var cancelled: JetError { JetError(.cancelled, "The task was cancelled") }
    static var closed: JetError { JetError(.closed, "The peer is closed") }

    static func pathNotExists(_ path: String) -> JetError {
        JetError(.invalidParams, "Invalid params", data: ["pathNotExists": .string(path)])
    }

    static func pathAlreadyExists(_ path: String) -> JetError {
        JetError(.invalidParams, "Invalid params", data: ["pathAlreadyExists": .string(path)])
    }
}
