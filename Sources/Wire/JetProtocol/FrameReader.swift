import JSONText

/// A frame that will not be read.
public struct FrameError: Error, Hashable, Sendable {
    /// What its header claims, in bytes.
    public let length: Int
    /// What is allowed, in bytes.
    public let limit: Int

    @usableFromInline
    init(length: Int, limit: Int) {
        self.length = length
        self.limit = limit
    }
}

/// Finds the messages in what a stream brings, however it is cut into pieces.
///
/// Messages that came whole are handed on where they lie, without a copy. Only an unfinished one is kept, and of it only
/// what has come: a header that claims 4 GB costs four bytes.
public struct FrameReader: Sendable {
    /// The longest message that is accepted, in bytes.
    public let limit: Int
    /// The beginning of an unfinished frame, its header included.
    private var partial: [UInt8] = []

    /// A reader that accepts messages of up to `limit` bytes.
    public init(limit: Int) { self.limit = limit }

    /// How many bytes of an unfinished frame are kept.
    public var buffered: Int { partial.count }

    /// Takes what the stream brought and calls `body` with each message that is complete now. Empty ones are left out.
    ///
    /// - Parameter body: Returns whether to go on.
    /// - Returns: How many bytes of `input` were taken: all of them, unless `body` has stopped; then the rest is still to
    ///   be read, before anything else.
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

    /// Moves what the unfinished frame still needs out of `input`; returns how much that was.
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

    /// The unfinished frame with its header, if it is finished now.
    @usableFromInline
    mutating func takeCompleted() -> [UInt8]? {
        guard let length = claimed, partial.count == Frame.headerLength + length else { return nil }
        defer { partial = [] }
        return partial
    }

    /// The length in the header of the unfinished frame, once all of the header is there.
    private var claimed: Int? {
        guard partial.count >= Frame.headerLength else { return nil }
        return Frame.messageLength(in: partial.span.bytes)
    }
}
