import JSONText
import JetProtocol

/// Where the parts of a message lie in its text. The bus has one instance and fills it for each message: to copy it would
/// cost more than to find the parts.
struct MessageParts: ~Copyable {
    /// Stays the first property: `Request.message` relies on it.
    var message = Message()
    /// The members of `params`.
    var params = JSONMembers()
    /// The value of `path`, if it is written with escapes.
    var decodedPath = RawBuffer()
}

/// One request, notification or response while it is handled: the text of the whole message, and where its parts lie.
///
/// It must not outlive the call that handles it. Messages are handled one after the other, never one inside the other, so
/// one `MessageParts` is enough.
struct Request: ~Copyable {
    /// The peer that sent it. A peer outlives the handling of its messages.
    let sender: Unmanaged<Peer>
    let text: UnsafeRawBufferPointer
    private let parts: UnsafeMutablePointer<MessageParts>

    /// - Parameter parts: Filled by `scan`.
    init(sender: Unmanaged<Peer>, text: UnsafeRawBufferPointer, parts: UnsafeMutablePointer<MessageParts>) {
        self.sender = sender
        self.text = text
        self.parts = parts
        parts.pointee.message = Message()
    }

    /// Reads the message that begins at `start`.
    ///
    /// - Returns: Where it ends.
    @inline(__always)
    func scan(from start: Int) throws(JSONError) -> Int {
        parts.pointee.params.removeAll()
        return try text.bytes.scanMessage(
            at: start, room: JSONScanner.maximumDepth, &parts.pointee.message, &parts.pointee.params)
    }

    /// Where the parts of the message lie.
    var message: Message {
        // The message is the first property of `MessageParts`.
        @inline(__always) unsafeAddress { UnsafeRawPointer(parts).assumingMemoryBound(to: Message.self) }
    }

    var peer: Peer { sender.takeUnretainedValue() }

    /// The bytes at `range`.
    @inline(__always)
    func bytes(_ range: ByteRange) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: text[range.start..<range.end])
    }

    /// The id as it was written, or `nil` for a notification.
    @inline(__always)
    var id: UnsafeRawBufferPointer? {
        guard let range = message.id else { return nil }
        return bytes(range)
    }

    // MARK: Params

    /// How many members `params` has.
    @inline(__always)
    var paramCount: Int { parts.pointee.params.count }

    /// Where the param called `name` lies.
    @inline(__always)
    func param(_ name: StaticString) -> ByteRange? { parts.pointee.params.value(name, in: text.bytes) }

    /// Where the optional param called `name` lies; `nil` if it is absent or `null`, which mean the same.
    @inline(__always)
    func optional(_ name: StaticString) -> ByteRange? {
        guard let range = param(name), !isNull(range) else { return nil }
        return range
    }

    /// Whether the value at `range`, which was scanned, is `null`.
    @inline(__always)
    func isNull(_ range: ByteRange) -> Bool { text[range.start] == UInt8(ascii: "n") }

    /// Decodes a path with escapes. The result is valid while the request is handled.
    @inline(never)
    func decodedPath(_ content: ByteRange) -> UnsafeRawBufferPointer {
        parts.pointee.decodedPath.removeAll(keepingAtMost: 1024)
        parts.pointee.decodedPath.append(
            JSONStringRange(content: content, hasEscapes: true).decoded(in: text.bytes))
        return parts.pointee.decodedPath.bytes
    }

    /// The text of the params, `null` if there are none.
    var params: [UInt8] {
        guard let range = message.params else { return Array("null".utf8) }
        return Array(bytes(range))
    }
}
