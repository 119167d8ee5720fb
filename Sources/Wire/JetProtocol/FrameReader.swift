import JSONText

/// A frame that is longer than allowed.
public struct FrameError: Error, Hashable, Sendable {
    /// The length in its header, in bytes.
    public let length: Int
    /// The longest message that is accepted, in bytes.
    public let limit: Int

    @usableFromInline
    init(length: Int, limit: Int) {
        self.length = length
        self.limit = limit
    }
}

/// Finds the messages in the bytes of a stream, however these are split into pieces.
///
/// Messages that arrive in one piece are passed on without a copy. Only an incomplete message is kept, and of it only the
/// bytes that have arrived: a header that announces 4 GB costs four bytes.
public struct FrameReader: Sendable {
    /// The longest message that is accepted, in bytes.
    public let limit: Int
    /// The beginning of an incomplete frame, its header included.
    private var partial: [UInt8] = []

    /// A reader that accepts messages of up to `limit` bytes.
    public init(limit: Int) { self.limit = limit }

    /// How many bytes of an incomplete frame are kept.
    public var buffered: Int { partial.count }

    /// Reads the next bytes of the stream and calls `body` with each message that is complete now. Empty messages are
    /// ignored.
    ///
    /// - Parameter body: Returns whether to go on.
    /// - Returns: How many bytes of `input` were read: all of them, unless `body` has stopped. Then the rest has to be
    ///   passed first the next time.
    /// - Throws: `FrameError` at a header beyond the limit. The stream cannot be read any further then.
    @inlinable
    @discardableResult
    public mutating func read(_ input: RawSpan, _ body: (RawSpan) -> Bool) throws(FrameError) -> Int {
        var at = 0
        if hasPartial {
            at = try complete(from: input)
            guard let message = takeCompleted() else { return at }
            if message.count > Frame.headerLength {
                let span = message.span.bytes
                guard body(span.extracting(Frame.headerLength..<span.byteCount)) else { return at }
            }
        }
        while input.byteCount &- at >= Frame.headerLength {
            let length = Frame.messageLength(in: input, at: at)
            guard length <= limit else { throw FrameError(length: length, limit: limit) }
            guard input.byteCount &- at &- Frame.headerLength >= length else { break }
            let start = at &+ Frame.headerLength
            at = start &+ length
            if length > 0 {
                guard body(input.extracting(start..<at)) else { return at }
            }
        }
        if at < input.byteCount { keep(input.extracting(at..<input.byteCount)) }
        return input.byteCount
    }

    @usableFromInline var hasPartial: Bool { !partial.isEmpty }

    @usableFromInline
    mutating func keep(_ rest: RawSpan) { partial.append(rest) }

    /// Takes the bytes that the incomplete frame still needs from `input`; returns how many these were.
    @usableFromInline
    mutating func complete(from input: RawSpan) throws(FrameError) -> Int {
        var at = 0
        if partial.count < Frame.headerLength {
            at = min(Frame.headerLength - partial.count, input.byteCount)
            partial.append(input.extracting(0..<at))
        }
        guard let length = claimed else { return at }
        guard length <= limit else { throw FrameError(length: length, limit: limit) }
        let taken = min(Frame.headerLength + length - partial.count, input.byteCount - at)
        partial.append(input.extracting(at..<at + taken))
        return at + taken
    }

    /// The incomplete frame with its header, if it is complete now.
    @usableFromInline
    mutating func takeCompleted() -> [UInt8]? {
        guard let length = claimed, partial.count == Frame.headerLength + length else { return nil }
        defer { partial = [] }
        return partial
    }

    /// The length in the header of the incomplete frame, if the header is complete.
    private var claimed: Int? {
        guard partial.count >= Frame.headerLength else { return nil }
        return Frame.messageLength(in: partial.span.bytes)
    }
}
