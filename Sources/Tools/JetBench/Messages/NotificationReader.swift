import JSONText
import JetProtocol

/// Reads the notifications of a fetch: what happened, to which State of the measurement, and the number in its value.
struct NotificationReader: ~Copyable {
    /// What a notification says.
    struct Event {
        let kind: Kind
        let index: Int
        let number: Int
    }

    /// What happened.
    enum Kind: String {
        case add, change, remove
    }

    private let prefix: String
    private var shape: Shape?
    /// What is the same in all messages of the shape, beside the bytes.
    private var kind = Kind.add
    private var isValueFirst = false
    private var params = JSONMembers()
    private var value = JSONMembers()

    /// A reader of notifications about paths that begin with `prefix`.
    init(prefix: String) { self.prefix = prefix }

    /// Reads a message.
    ///
    /// - Returns: `nil` if it is no notification.
    /// - Throws: `BenchError.wrong` if it is an unexpected one.
    @inline(__always)
    mutating func read(_ message: UnsafeRawBufferPointer) throws(BenchError) -> Event? {
        guard let numbers = shape?.numbers(of: message) else { return try learn(message) }
        return said(by: numbers)
    }

    @inline(__always)
    private func said(by numbers: (Int, Int)) -> Event {
        isValueFirst
            ? Event(kind: kind, index: numbers.1, number: numbers.0)
            : Event(kind: kind, index: numbers.0, number: numbers.1)
    }

    @inline(never)
    private mutating func learn(_ message: UnsafeRawBufferPointer) throws(BenchError) -> Event? {
        let bytes = message.bytes
        guard let parts = parsed(bytes) else { throw .unexpected(message) }
        guard parts.method != nil || parts.otherMethod != nil else { return nil }
        guard let event = params.value("event", in: bytes), let kind = Kind(rawValue: bytes.unquoted(event)),
            let path = params.value("path", in: bytes), bytes.unquoted(path).hasPrefix(prefix),
            let number = value.value("n", in: bytes)
        else { throw .unexpected(message) }
        // In front of the closing quote.
        let index = ByteRange(path.end - 1 - Naming.indexWidth, path.end - 1)
        isValueFirst = number.start < index.start
        guard
            let shape = Shape(message, first: isValueFirst ? number : index, second: isValueFirst ? index : number),
            let numbers = shape.numbers(of: message)
        else { throw .unexpected(message) }
        self.shape = shape
        self.kind = kind
        return said(by: numbers)
    }

    /// The parts of a message; notes the members of its params, and of the value there.
    private mutating func parsed(_ bytes: RawSpan) -> Message? {
        do throws(JSONError) {
            var scanner = JSONScanner(bytes)
            guard let parts = try scanner.message(params: &params) else { return nil }
            value.removeAll()
            guard let range = params.value("value", in: bytes) else { return parts }
            var inside = JSONScanner(bytes, at: range.start)
            if try inside.peek() == UInt8(ascii: "{") { _ = try inside.members(into: &value) }
            return parts
        } catch {
            return nil
        }
    }
}

extension RawSpan {
    /// The text of a string without escapes at `range`, its quotes left out.
    func unquoted(_ range: ByteRange) -> String {
        guard range.count >= 2 else { return "" }
        return extracting(range.start + 1..<range.end - 1).string
    }
}

extension BenchError {
    /// The error for an unexpected message.
    static func unexpected(_ message: UnsafeRawBufferPointer) -> BenchError {
        .wrong("The daemon sent an unexpected message: \(String(decoding: message.prefix(300), as: UTF8.self))")
    }
}
