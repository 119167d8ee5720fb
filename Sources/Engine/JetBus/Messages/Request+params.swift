import Glibc
import JSONText
import JetProtocol

/// Reading the params of a request. A param that is missing or of the wrong type is an error that names it.
extension Request {
    /// Where the params lie, which must be an object; `nil` if they are absent or `null`.
    func object() throws(ErrorObject) -> ByteRange? {
        guard let range = message.params, !isNull(range) else { return nil }
        guard text[range.start] == UInt8(ascii: "{") else { throw .wrongType("params", got: params) }
        return range
    }

    /// The param called `name`, which must be there.
    func required(_ name: StaticString) throws(ErrorObject) -> ByteRange {
        if let range = param(name) { return range }
        throw missing(name)
    }

    /// The error for a request without the param called `name`.
    @inline(never)
    func missing(_ name: StaticString) -> ErrorObject {
        do throws(ErrorObject) {
            _ = try object()
            return .missingParam(name, got: params)
        } catch {
            return error
        }
    }

    /// The value of `path`, in UTF-8. Valid while the request is handled.
    @inline(__always)
    func path() throws(ErrorObject) -> UnsafeRawBufferPointer {
        guard let range = param("path") else { throw missing("path") }
        guard range.count > 2, text[range.start] == UInt8(ascii: "\"") else { throw .wrongType("path", got: params) }
        let content = ByteRange(range.start &+ 1, range.end &- 1)
        let bytes = bytes(content)
        guard let start = bytes.baseAddress, memchr(start, Int32(UInt8(ascii: "\\")), bytes.count) != nil else {
            return bytes
        }
        return decodedPath(content)
    }

    /// The param called `name` as a Boolean; `false` if it is absent or `null`.
    func flag(_ name: StaticString) throws(ErrorObject) -> Bool {
        guard let range = optional(name) else { return false }
        let text = range.of(text.bytes)
        if text.elementsEqual("true") { return true }
        guard text.elementsEqual("false") else { throw .wrongType(name, got: params) }
        return false
    }

    /// The param `timeout`, which is in seconds, in nanoseconds; `nil` if it is absent or `null`. It is limited to one year.
    func timeout() throws(ErrorObject) -> UInt64? {
        guard let range = optional("timeout") else { return nil }
        guard let seconds = value(range).double, seconds >= 0 else { throw .wrongType("timeout", got: params) }
        return UInt64(min(seconds, Double(ProtocolLimits.longestTimeout)) * 1e9)
    }

    /// The param called `name` as a place in a sorted list, a whole number. Larger numbers than `SortRule.farthest` count
    /// as that.
    ///
    /// - Parameter absent: The place if the param is absent or `null`; without it, the param must be there.
    func place(_ name: StaticString, atLeast least: Int, default absent: Int? = nil) throws(ErrorObject) -> Int {
        if let absent, optional(name) == nil { return absent }
        let range = try required(name)
        // Only of a number a tree is made: it is small.
        let isNumber = text[range.start] == UInt8(ascii: "-") || (0x30...0x39).contains(text[range.start])
        guard isNumber, let number = value(range).double, number == number.rounded(), number >= Double(least) else {
            throw .wrongType(name, got: params)
        }
        return Int(min(number, Double(SortRule.farthest)))
    }

    /// The value at `range` as a tree.
    func value(_ range: ByteRange) -> JSON {
        // It was scanned with the message, so it parses.
        (try? JSON(parsing: range.of(text.bytes))) ?? .null
    }

    /// All params as a tree; an empty object if there are none.
    func tree() throws(ErrorObject) -> JSON {
        guard let range = try object() else { return [:] }
        return value(range)
    }

    /// The param called `name`, which must be a string.
    func requiredString(_ name: StaticString) throws(ErrorObject) -> JSONStringRange {
        let range = try required(name)
        guard range.count >= 2, text[range.start] == UInt8(ascii: "\"") else { throw .wrongType(name, got: params) }
        let content = ByteRange(range.start + 1, range.end - 1)
        return JSONStringRange(content: content, hasEscapes: bytes(content).contains(UInt8(ascii: "\\")))
    }

    /// The param called `name` as a text of at least `least` bytes; `absent` if it is absent or `null`.
    private func string(
        _ name: StaticString, atLeast least: Int, default absent: String
    ) throws(ErrorObject) -> [UInt8] {
        guard optional(name) != nil else { return Array(absent.utf8) }
        let string = try requiredString(name).decoded(in: text.bytes)
        guard string.count >= least else { throw .wrongType(name, got: params) }
        return string
    }

    /// The params of a `branches`.
    func branchesParams() throws(ErrorObject) -> BranchesParams {
        _ = try object()
        return BranchesParams(
            prefix: try string(MemberName.prefix, atLeast: 0, default: ""),
            separator: try string(MemberName.separator, atLeast: 1, default: "/"),
            from: try place(MemberName.from, atLeast: 1, default: 1),
            to: try place(MemberName.to, atLeast: 0, default: ProtocolLimits.branches))
    }

    /// The param `id` as the id of a fetch.
    func fetchID() throws(ErrorObject) -> FetchID {
        guard let id = FetchID(try required("id"), in: text.bytes) else { throw .wrongType("id", got: params) }
        return id
    }

    /// The params as the rule of a fetch.
    func rule() throws(ErrorObject) -> FetchRule {
        do throws(RuleError) {
            if let range = message.params { try FetchRule.check(size: range.of(text.bytes)) }
        } catch {
            throw .badRule(error)
        }
        let params = try tree()
        do throws(RuleError) {
            return try FetchRule(parsing: params)
        } catch {
            throw .badRule(error)
        }
    }
}

extension ErrorObject {
    /// Invalid params, for a reason that concerns a path: `{"<reason>":"<path>"}`.
    static func invalidPath(_ reason: ErrorKey, _ path: UnsafeRawBufferPointer) -> ErrorObject {
        var text: [UInt8] = []
        JSONWriter.append(string: path.bytes, to: &text)
        return .invalidParams(reason, text)
    }
}
