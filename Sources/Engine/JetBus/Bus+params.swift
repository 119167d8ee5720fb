import Glibc
import JSONText
import JetProtocol

/// Reading the params of a request. What is missing or of the wrong type is an error that names it.
extension Bus {
    /// Where the param called `name` lies.
    @inline(__always)
    func param(_ name: StaticString, of request: borrowing Request) -> ByteRange? {
        params.value(name, in: request.text.bytes)
    }

    /// Where the optional param called `name` lies; `nil` when it is absent or `null`, which are the same.
    @inline(__always)
    func optional(_ name: StaticString, of request: borrowing Request) -> ByteRange? {
        guard let range = param(name, of: request), request.text[range.start] != UInt8(ascii: "n") else { return nil }
        return range
    }

    /// Requires that the params are an object; `nil` when there are none.
    private func object(of request: borrowing Request) throws(ErrorObject) -> ByteRange? {
        guard let range = request.message.params, request.text[range.start] != UInt8(ascii: "n") else { return nil }
        guard request.text[range.start] == UInt8(ascii: "{") else {
            throw .wrongType("params", got: request.params)
        }
        return range
    }

    /// The param called `name`, which has to be there.
    func required(_ name: StaticString, of request: borrowing Request) throws(ErrorObject) -> ByteRange {
        if let range = param(name, of: request) { return range }
        throw missing(name, of: request)
    }

    /// What is answered when the param called `name` is not there.
    @inline(never)
    func missing(_ name: StaticString, of request: borrowing Request) -> ErrorObject {
        do throws(ErrorObject) {
            _ = try object(of: request)
            return .missingParam(name, got: request.params)
        } catch {
            return error
        }
    }

    /// The value of `path`, in UTF-8. Valid while the request is handled.
    @inline(__always)
    func path(of request: borrowing Request) throws(ErrorObject) -> UnsafeRawBufferPointer {
        guard let range = params.value("path", in: request.text.bytes) else { throw missing("path", of: request) }
        guard range.count > 2, request.text[range.start] == UInt8(ascii: "\"") else {
            throw .wrongType("path", got: request.params)
        }
        let content = ByteRange(range.start &+ 1, range.end &- 1)
        let bytes = request.bytes(content)
        guard let start = bytes.baseAddress, memchr(start, Int32(UInt8(ascii: "\\")), bytes.count) != nil else {
            return bytes
        }
        return decodedPath(content, of: request)
    }

    @inline(never)
    private func decodedPath(_ content: ByteRange, of request: borrowing Request) -> UnsafeRawBufferPointer {
        decodedPath.removeAll(keepingAtMost: 1024)
        decodedPath.append(JSONStringRange(content: content, hasEscapes: true).decoded(in: request.text.bytes))
        return decodedPath.bytes
    }

    /// The param called `name` as a truth value; `false` when absent or `null`.
    func flag(_ name: StaticString, of request: borrowing Request) throws(ErrorObject) -> Bool {
        guard let range = optional(name, of: request) else { return false }
        let text = range.of(request.text.bytes)
        if text.elementsEqual("true") { return true }
        guard text.elementsEqual("false") else { throw .wrongType(name, got: request.params) }
        return false
    }

    /// The param `timeout`, which is in seconds, in nanoseconds; `nil` when absent or `null`. What is longer than
    /// a year is a year.
    func timeout(of request: borrowing Request) throws(ErrorObject) -> UInt64? {
        guard let range = optional("timeout", of: request) else { return nil }
        guard let seconds = value(range, of: request).double, seconds >= 0 else {
            throw .wrongType("timeout", got: request.params)
        }
        return UInt64(min(seconds, 31_536_000) * 1e9)
    }

    /// The value at `range` as a tree.
    func value(_ range: ByteRange, of request: borrowing Request) -> JSON {
        // It was scanned with the message, so it parses.
        (try? JSON(parsing: range.of(request.text.bytes))) ?? .null
    }

    /// All params as a tree; an empty object if there are none.
    func tree(of request: borrowing Request) throws(ErrorObject) -> JSON {
        guard let range = try object(of: request) else { return [:] }
        return value(range, of: request)
    }

    /// A path as it stands in a message, with its quotes.
    func quoted(_ path: UnsafeRawBufferPointer) -> [UInt8] {
        var text: [UInt8] = []
        JSONWriter.append(string: path.bytes, to: &text)
        return text
    }
}
