import JSONText
import JetBus
import JetProtocol
import NIOCore
import NIOHTTP1

/// `/api/v1`: States and Methods for programs that speak HTTP (jetd(8), HTTP).
enum API {
    /// The longest body of a request, in bytes.
    static let bodyLimit = 1 << 20
    /// How long a request may take in all. The connection would answer a second later (`HTTPLimits.answer`), without the error
    /// object.
    static let timeout = TimeAmount.seconds(59)
    /// The name of its peers.
    static let peerName = "http"

    /// A request as one of the bus.
    struct Call: Equatable {
        enum Kind: Equatable {
            /// `get` of one path.
            case read(onlyValue: Bool)
            /// `get` of a rule.
            case list
            /// `set` or `call`, which an owner answers.
            case act
        }

        let kind: Kind
        /// The message for the bus.
        let message: [UInt8]
    }

    /// Translates a request.
    static func call(of request: HTTPRequest) throws(APIError) -> Call {
        guard request.segments.count >= 3 else { throw .request(.notFound, "There is no such part of the API.") }
        let isState = request.segments[2] == "state"
        let path = request.segments.dropFirst(3).joined(separator: "/")
        switch (isState, request.method) {
        case (true, .GET), (true, .HEAD): return try reading(path, request)
        case (true, .PUT): return try setting(path, request)
        case (false, .POST): return try calling(path, request)
        default: throw .request(.methodNotAllowed, "This method is not for this path.")
        }
    }

    private static func reading(_ path: String, _ request: HTTPRequest) throws(APIError) -> Call {
        let query = try APIQuery(request.query, known: path.isEmpty ? ["rule"] : ["only"])
        guard path.isEmpty else {
            guard query["only"] == nil || query["only"] == "value" else {
                throw .request(.badRequest, "The query may have only=value, which returns the value alone.")
            }
            let rule = message("get") { $0 += "{\"path\":{\"equals\":".utf8 + quoted(path) + "}}".utf8 }
            return Call(kind: .read(onlyValue: query["only"] != nil), message: rule)
        }
        guard let rule = query["rule"] else {
            throw .request(
                .badRequest,
                "Name a State, as /api/v1/state/system/uptime, or ask with a rule: /api/v1/state?rule={} is all.")
        }
        let text = Array(rule.utf8)
        try APIValue.check(text, "The rule", beginningWith: ["{"])
        return Call(kind: .list, message: message("get") { $0 += text })
    }

    private static func setting(_ path: String, _ request: HTTPRequest) throws(APIError) -> Call {
        guard !path.isEmpty else { throw .request(.badRequest, "Name the State, as /api/v1/state/led/power.") }
        let timeout = try timeout(in: request)
        let value = try json(in: request)
        guard !value.isEmpty else { throw .request(.badRequest, "The body must be the new value, as JSON.") }
        try APIValue.check(value, "The body")
        return Call(
            kind: .act,
            message: message("set") {
                $0 += "{\"path\":".utf8 + quoted(path) + timeout + ",\"value\":".utf8 + value + "}".utf8
            })
    }

    private static func calling(_ path: String, _ request: HTTPRequest) throws(APIError) -> Call {
        guard !path.isEmpty else { throw .request(.badRequest, "Name the Method, as /api/v1/method/system/reboot.") }
        let timeout = try timeout(in: request)
        var args = try json(in: request)
        if !args.isEmpty {
            try APIValue.check(args, "The body", beginningWith: ["[", "{"])
            args = ",\"args\":".utf8 + args
        }
        return Call(
            kind: .act,
            message: message("call") { $0 += "{\"path\":".utf8 + quoted(path) + timeout + args + "}".utf8 })
    }

    // MARK: Parts

    private static func message(_ method: String, _ appendParams: (inout [UInt8]) -> Void) -> [UInt8] {
        var text = Array("{\"id\":1,\"method\":\"\(method)\",\"params\":".utf8)
        appendParams(&text)
        text.append(UInt8(ascii: "}"))
        return text
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var quoted: [UInt8] = []
        JSONWriter.append(string: text, to: &quoted)
        return quoted
    }

    /// The member `timeout` of the params; empty if the query has none.
    private static func timeout(in request: HTTPRequest) throws(APIError) -> [UInt8] {
        let query = try APIQuery(request.query, known: ["timeout"])
        guard let text = query["timeout"] else { return [] }
        let longest = Int(timeout.nanoseconds / 1_000_000_000)
        guard let number = (try? JSON(parsing: text))?.double, number >= 0.001, number <= Double(longest) else {
            throw .request(.badRequest, "The timeout must be a number of seconds from 0.001 to \(longest).")
        }
        return Array(",\"timeout\":\(number)".utf8)
    }

    /// The body, which must be JSON. A form of another page cannot have that type.
    private static func json(in request: HTTPRequest) throws(APIError) -> [UInt8] {
        let types = request.headers["content-type"]
        let type = types.first?.prefix { $0 != ";" }.lowercased()
        guard types.count == 1, let type, type.trimming(" \t") == "application/json" else {
            throw .request(.unsupportedMediaType, "Send the header 'Content-Type: application/json'.")
        }
        guard request.headers["content-encoding"].isEmpty else {
            throw .request(.unsupportedMediaType, "Send the body without a Content-Encoding.")
        }
        return Array(request.body.readableBytesView)
    }
}

extension String {
    fileprivate func trimming(_ characters: String) -> Substring {
        var text = self[...]
        while let first = text.first, characters.contains(first) { text.removeFirst() }
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return text
    }
}
