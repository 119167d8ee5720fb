import JSONText
import JetProtocol
import Testing

/// Each row of the table of errors (jet-protocol(7) §5): its code, its message, its data.
@Suite("Error objects")
struct ErrorObjectTests {
    /// Expects an error to be `{"code", "message", "data"}`, and to survive the wire.
    private func check(
        _ error: ErrorObject, _ code: Int, _ message: String, _ data: JSON,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let expected: JSON = ["code": .number(code), "message": .string(message), "data": data]
        let value = try JSON(parsing: error.text)
        #expect(value == expected, sourceLocation: location)
        let back = ErrorObject(from: value)
        #expect(back.code == error.code, sourceLocation: location)
        #expect(back.message == error.message, sourceLocation: location)
        #expect(try back.data.map { try JSON(parsing: $0) } == data, sourceLocation: location)
    }

    @Test("-32700 Parse error: the text that would not parse")
    func parseError() throws {
        let text = Array(#"{"broken": "#.utf8)
        try check(.parseError(of: text.span.bytes), -32700, "Parse error", .string(#"{"broken": "#))
        try check(.parseError(of: [UInt8]().span.bytes), -32700, "Parse error", "")
    }

    @Test(
        "-32700 Parse error: its data is cut at 1,024 characters, however many bytes they have",
        arguments: ["x", "é", "€", "😀", "e\u{301}\u{302}\u{303}\u{304}"])
    func longParseError(character: String) throws {
        let text = Array(String(repeating: character, count: 2000).utf8)
        let data = try JSON(parsing: ErrorObject.parseError(of: text.span.bytes).text)["data"]?.string ?? ""
        #expect(data.unicodeScalars.count == 1024)
        #expect(String(decoding: text, as: UTF8.self).utf8.starts(with: data.utf8))
    }

    @Test("-32700 Parse error: what is no UTF-8 is replaced, what is no plain character is escaped")
    func dirtyParseError() throws {
        let text: [UInt8] = [0xFF, UInt8(ascii: "\""), 0x00, 0x0A]
        try check(.parseError(of: text.span.bytes), -32700, "Parse error", "\u{FFFD}\"\u{0}\n")
    }

    @Test("-32600 Invalid Request: the message itself")
    func invalidRequest() throws {
        let message = Array(#"{"id":1,"x":[2]}"#.utf8)
        try check(.invalidRequest(message.span.bytes), -32600, "Invalid Request", ["id": 1, "x": [2]])
    }

    @Test("-32601 Method not found: the method's name")
    func methodNotFound() throws {
        try check(.methodNotFound(Array(#""ad\u0064"#.utf8) + [0x22]), -32601, "Method not found", "add")
    }

    @Test("-32010 Limit exceeded: the limit of an account says how much is used, and by whom")
    func accountLimit() throws {
        try check(
            .limitExceeded(.elements, max: 10, used: 11, account: "user:panel"), -32010, "Limit exceeded",
            ["limit": "elements", "max": 10, "used": 11, "account": "user:panel"])
        try check(
            .limitExceeded(.ruleBytes, max: 10), -32010, "Limit exceeded", ["limit": "ruleBytes", "max": 10])
    }

    @Test(
        "-32602 Invalid params: what is wrong, by one key",
        arguments: [
            (.invalidParams(.pathNotExists, Array(#""a""#.utf8)), ["pathNotExists": "a"]),
            (.invalidParams(.fetchIdInUse, Array("7".utf8)), ["fetchIdInUse": 7]),
            (.invalidParams(.fetchIdUnknown, Array("\"f\"".utf8)), ["fetchIdUnknown": "f"]),
            (.missingParam("value", got: Array(#"{"path":1}"#.utf8)), ["missingParam": "value", "got": ["path": 1]]),
            (.wrongType("path", got: Array("[1]".utf8)), ["wrongType": "path", "got": [1]]),
            (
                .badRule(RuleError(at: "value.lessThen", "is \"unknown\"")),
                ["badRule": ["at": "value.lessThen", "reason": "is \"unknown\""]]
            ),
        ] as [(ErrorObject, JSON)])
    func invalidParams(error: ErrorObject, data: JSON) throws {
        try check(error, -32602, "Invalid params", data)
    }

    @Test("-32603 Internal error: a short reason")
    func internalError() throws {
        try check(.internalError("out of order"), -32603, "Internal error", "out of order")
    }

    @Test("-32001 Response Timeout: the request's params")
    func responseTimeout() throws {
        try check(.responseTimeout(Array(#"{"path":"a"}"#.utf8)), -32001, "Response Timeout", ["path": "a"])
    }

    @Test("-32002 Connection closed: the path whose owner is gone")
    func ownerGone() throws {
        try check(.ownerGone(Array(#""a\"b""#.utf8)), -32002, "Connection closed", ["ownerGone": "a\"b"])
    }

    @Test("-32010 Limit exceeded: which quota, and what it allows")
    func limitExceeded() throws {
        let data: JSON = ["limit": "messageSize", "max": 16]
        try check(.limitExceeded(.messageSize, max: 16), -32010, "Limit exceeded", data)
    }

    @Test("data is left out when there is none, and the message is escaped")
    func plain() {
        let error = ErrorObject(code: ErrorCode(rawValue: 1), message: "a \"b\"\n")
        #expect(String(decoding: error.text, as: UTF8.self) == #"{"code":1,"message":"a \"b\"\n"}"#)
        var output = Array("x".utf8)
        error.append(to: &output)
        #expect(output == Array("x".utf8) + error.text)
    }

    @Test("data passes through as it was written")
    func digits() throws {
        let value = try JSON(parsing: #"{"code":1,"message":"","data":{"n":1.50}}"#)
        #expect(ErrorObject(from: value).data.map { String(decoding: $0, as: UTF8.self) } == #"{"n":1.50}"#)
    }

    @Test("what an owner sends instead of an error object becomes the data of an internal error")
    func anything() {
        for value in ["out of paper", nil, 7, ["message": "no code"], ["code": "no number"]] as [JSON] {
            let error = ErrorObject(from: value)
            #expect(error.code == .internalError)
            #expect(error.message == value.string ?? "Internal error")
            #expect(error.data == value.text)
        }
        let bare = ErrorObject(from: ["code": 5])
        #expect(bare == ErrorObject(code: ErrorCode(rawValue: 5), message: ""))
    }
}
