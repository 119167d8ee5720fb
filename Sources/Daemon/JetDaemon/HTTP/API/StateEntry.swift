import JSONText

/// A State as `GET /api/v1/state/<path>` returns it, made from the result of `get` for one path.
struct StateEntry {
    enum Failure: Error {
        /// There is no such element, or the asker may not fetch it.
        case missing
        /// The element is a Method.
        case isMethod
        /// The result is not one of `get`.
        case malformed
    }

    private let text: [UInt8]
    private let path: ByteRange
    private let valueRange: ByteRange
    private let isFetchOnly: Bool
    private let meta: ByteRange?

    /// Reads the result of `get`, which has one entry or none.
    init(result: [UInt8]) throws(Failure) {
        let bytes = result.span.bytes
        var members = JSONMembers()
        do throws(JSONError) {
            var scanner = JSONScanner(bytes)
            guard try scanner.enterArray() else { throw JSONError(.unexpectedEnd, at: 0) }
            _ = try scanner.members(into: &members)
        } catch {
            throw result == Array("[]".utf8) ? .missing : .malformed
        }
        guard let path = members.value("path", in: bytes) else { throw .malformed }
        guard let value = members.value("value", in: bytes) else { throw .isMethod }
        text = result
        self.path = path
        valueRange = value
        isFetchOnly = members.value("fetchOnly", in: bytes)?.of(bytes).elementsEqual("true") ?? false
        meta = members.value("meta", in: bytes)
    }

    /// The value alone.
    var value: ArraySlice<UInt8> { text[valueRange.start..<valueRange.end] }

    /// `{"path", "value", "fetchOnly"?, "meta"?}`.
    var json: [UInt8] {
        var json = Array("{\"path\":".utf8)
        json.reserveCapacity(text.count + 16)
        json += text[path.start..<path.end]
        json += ",\"value\":".utf8
        json += value
        if isFetchOnly { json += ",\"fetchOnly\":true".utf8 }
        if let meta {
            json += ",\"meta\":".utf8
            json += text[meta.start..<meta.end]
        }
        json.append(UInt8(ascii: "}"))
        return json
    }
}
