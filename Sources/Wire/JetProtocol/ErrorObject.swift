public import JSONText

/// The code of an error (jet-protocol(7) §5.1). Those here are the daemon's; owners can use any code.
public struct ErrorCode: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: Int

    /// The code of this number.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The message is not JSON.
    public static let parseError = ErrorCode(rawValue: -32700)
    /// The JSON is not a message.
    public static let invalidRequest = ErrorCode(rawValue: -32600)
    /// The daemon has no such method.
    public static let methodNotFound = ErrorCode(rawValue: -32601)
    /// The params are invalid; `data` says why.
    public static let invalidParams = ErrorCode(rawValue: -32602)
    /// The other side failed.
    public static let internalError = ErrorCode(rawValue: -32603)
    /// The owner did not answer in time.
    public static let responseTimeout = ErrorCode(rawValue: -32001)
    /// The owner's connection ended before it answered.
    public static let connectionClosed = ErrorCode(rawValue: -32002)
    /// A limit is exceeded; `data` names it.
    public static let limitExceeded = ErrorCode(rawValue: -32010)
}

/// An *error object*: `{"code", "message", "data"}`.
public struct ErrorObject: Error, Hashable, Sendable {
    /// The kind of error.
    public var code: ErrorCode
    /// One sentence for people.
    public var message: String
    /// More for programs: the text of a JSON value.
    public var data: [UInt8]?

    /// An error object of these parts; `data` is the text of a JSON value.
    public init(code: ErrorCode, message: String, data: [UInt8]? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    /// Appends the object's text.
    public func append(to output: inout [UInt8]) {
        output.append(contentsOf: "{\"code\":\(code.rawValue),\"message\":".utf8)
        JSONWriter.append(string: message, to: &output)
        if let data {
            output.append(contentsOf: ",\"data\":".utf8)
            output.append(contentsOf: data)
        }
        output.append(UInt8(ascii: "}"))
    }

    /// The object's text.
    public var text: [UInt8] {
        var output: [UInt8] = []
        append(to: &output)
        return output
    }

    /// The error object that an owner or a daemon sent. A value that is not an error object becomes the `data` of an
    /// internal error.
    public init(from value: JSON) {
        guard let code = value["code"]?.int else {
            self.init(code: .internalError, message: value.string ?? "Internal error", data: value.text)
            return
        }
        self.init(
            code: ErrorCode(rawValue: code), message: value["message"]?.string ?? "", data: value["data"]?.text)
    }
}

extension ErrorObject {
    /// -32700 with the first characters of the message, in which invalid UTF-8 is replaced.
    public static func parseError(of text: RawSpan) -> ErrorObject {
        // Characters are code points here, and have at most 4 bytes.
        let most = ProtocolLimits.parseErrorText
        let beginning = text.extracting(0..<min(text.byteCount, 4 * most)).string.unicodeScalars.prefix(most)
        var data: [UInt8] = []
        JSONWriter.append(string: String(beginning), to: &data)
        return ErrorObject(code: .parseError, message: "Parse error", data: data)
    }

    /// -32600 with the message itself.
    public static func invalidRequest(_ message: RawSpan) -> ErrorObject {
        ErrorObject(code: .invalidRequest, message: "Invalid Request", data: message.array)
    }

    /// -32601 with the method's name, a JSON string with its quotes.
    public static func methodNotFound(_ name: [UInt8]) -> ErrorObject {
        ErrorObject(code: .methodNotFound, message: "Method not found", data: name)
    }

    /// -32602 with `{<key>: <value>}`, where `value` is the text of a JSON value.
    public static func invalidParams(_ key: StaticString, _ value: [UInt8]) -> ErrorObject {
        invalidParams(key.description, value)
    }

    /// -32602 with a key of the protocol (jet-protocol(7) §5.2).
    package static func invalidParams(_ key: ErrorKey, _ value: [UInt8]) -> ErrorObject {
        invalidParams(key.rawValue, value)
    }

    private static func invalidParams(_ key: String, _ value: [UInt8]) -> ErrorObject {
        ErrorObject(code: .invalidParams, message: "Invalid params", data: data(key, value))
    }

    /// The text of `{<key>: <value>}`.
    private static func data(_ key: String, _ value: [UInt8]) -> [UInt8] {
        Array("{\"\(key)\":".utf8) + value + [UInt8(ascii: "}")]
    }

    /// -32602 with `{"missingParam": <name>, "got": <params>}`; `params` is the text of a JSON value.
    public static func missingParam(_ name: StaticString, got params: [UInt8]) -> ErrorObject {
        invalidParams(.missingParam, Array("\"\(name)\",\"got\":".utf8) + params)
    }

    /// -32602 with `{"wrongType": <name>, "got": <params>}`; `params` is the text of a JSON value.
    public static func wrongType(_ name: StaticString, got params: [UInt8]) -> ErrorObject {
        invalidParams(.wrongType, Array("\"\(name)\",\"got\":".utf8) + params)
    }

    /// -32602 with `{"badRule": {"at": ..., "reason": ...}}`.
    public static func badRule(_ error: RuleError) -> ErrorObject {
        let value: JSON = ["at": .string(error.place), "reason": .string(error.reason)]
        return invalidParams(.badRule, value.text)
    }

    /// -32602 with `{<key>: true}`.
    package static func refusal(_ key: ErrorKey) -> ErrorObject { .invalidParams(key, Array("true".utf8)) }

    /// -32602 for a peer that must log in first.
    public static var loginRequired: ErrorObject { .refusal(.loginRequired) }

    /// -32602 for a password over a connection of another machine that is not encrypted.
    public static var unencrypted: ErrorObject { .refusal(.unencrypted) }

    /// -32602 for a key that no user has, and for a connection without a client key.
    public static var invalidKey: ErrorObject { .refusal(.invalidKey) }

    /// -32602 for the code of a pairing that is refused.
    public static func invalidCode(_ refusal: PairingRefusal) -> ErrorObject {
        .invalidParams(.invalidCode, JSON.string(refusal.rawValue).text)
    }

    /// -32603 with a short reason.
    public static func internalError(_ reason: String) -> ErrorObject {
        ErrorObject(code: .internalError, message: "Internal error", data: JSON.string(reason).text)
    }

    /// -32001 with the request's params, the text of a JSON value.
    public static func responseTimeout(_ params: [UInt8]) -> ErrorObject {
        ErrorObject(code: .responseTimeout, message: "Response Timeout", data: params)
    }

    /// -32002 with the path of the element whose owner has disconnected, a JSON string with its quotes.
    public static func ownerGone(_ path: [UInt8]) -> ErrorObject {
        ErrorObject(
            code: .connectionClosed, message: "Connection closed", data: data(ErrorKey.ownerGone.rawValue, path))
    }

    /// -32002 because the daemon stops before there is an answer. `subject` is the text of a JSON value: the path of the
    /// element for a routed request, `true` for others. It is not known whether the owner has done what it was asked to.
    public static func daemonStopping(_ subject: [UInt8]) -> ErrorObject {
        ErrorObject(
            code: .connectionClosed, message: "Connection closed", data: data(ErrorKey.daemonStopping.rawValue, subject)
        )
    }

    /// -32010 with the name of the limit and its value.
    public static func limitExceeded(_ name: String, max: Int) -> ErrorObject {
        ErrorObject(
            code: .limitExceeded, message: "Limit exceeded",
            data: (["limit": .string(name), "max": .number(max)] as JSON).text)
    }

    /// -32010 with a limit of the protocol (jet-protocol(7) §5.3).
    package static func limitExceeded(_ limit: LimitName, max: Int) -> ErrorObject {
        limitExceeded(limit.rawValue, max: max)
    }

    /// -32010 with a limit of an account, and how much of it the account has used (jet-protocol(7) §5.3).
    package static func limitExceeded(
        _ limit: LimitName, max: Int, used: Int, account: String
    ) -> ErrorObject {
        let data: JSON = [
            "limit": .string(limit.rawValue), "max": .number(max), "used": .number(used), "account": .string(account),
        ]
        return ErrorObject(code: .limitExceeded, message: "Limit exceeded", data: data.text)
    }
}
