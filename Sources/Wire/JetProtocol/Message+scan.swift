public import JSONText

/// Reading a message out of its text, in one pass.
///
/// Nearly all messages are written without white space, and of a handful of names. There eight bytes tell which member
/// comes: `"method"`, `"params"`, `"result"`, `"path":"` and `"value":` have this length. Everything else is read in the
/// general way, with the same result.
extension JSONScanner {
    /// Reads one message; `nil` if the value here is not an object, which is skipped then.
    ///
    /// - Parameter params: Where the members of `params` are noted, if that is an object; else it is left empty.
    /// - Throws: `JSONError` if the text is not JSON.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func message(params: inout JSONMembers) throws(JSONError) -> Message? {
        params.removeAll()
        guard try peek() == UInt8(ascii: "{") else {
            _ = try value()
            return nil
        }
        var message = Message()
        let end = try bytes.scanMessage(at: offset, room: room, &message, &params)
        seek(to: end)
        return message
    }
}

extension RawSpan {
    /// Reads the message whose brace is at `start`, and notes its parts and the members of its params.
    ///
    /// It is one function, so that the position in the text stays in a register.
    ///
    /// - Parameter room: How many arrays and objects inside each other it may consist of.
    /// - Returns: Where it ends.
    @inlinable
    public func scanMessage(
        at start: Int, room: Int, _ message: inout Message, _ params: inout JSONMembers
    ) throws(JSONError) -> Int {
        guard room > 0 else { throw JSONError(.tooDeep, at: start) }
        var at = start &+ 1
        guard try token(&at) != UInt8(ascii: "}") else {
            message.whole = ByteRange(start, at &+ 1)
            return at &+ 1
        }
        repeat {
            let ahead = word(at)
            if ahead == NameWord.of("\"params\""), follows(at &+ 8, ":", "{") {
                let begin = at &+ 9
                at = try scanParams(at: begin, room: room &- 1, &params)
                message.paramsRange = ByteRange(begin, at)
            } else if ahead == NameWord.of("\"method\""), follows(at &+ 8, ":", "\"") {
                let begin = at &+ 9
                at = try noteMethod(at: begin, in: &message)
            } else if ahead & 0xFF_FFFF_FFFF == NameWord.of("\"id\":") {
                at &+= 5
                let first = try token(&at)
                let begin = at
                at = try valueEnd(begin, first, room: room &- 1)
                message.idRange = ByteRange(begin, at)
            } else if ahead == NameWord.of("\"result\""), at &+ 9 < byteCount, byte(at &+ 8) == UInt8(ascii: ":") {
                at &+= 9
                let first = try token(&at)
                let begin = at
                at = try valueEnd(begin, first, room: room &- 1)
                message.resultRange = ByteRange(begin, at)
            } else {
                at = try scanMember(at: at, room: room &- 1, of: &message, &params)
            }
        } while try hasNext(&at, closing: UInt8(ascii: "}"))
        message.whole = ByteRange(start, at)
        return at
    }

    /// Notes the method whose quote is at `start`.
    @inlinable
    @inline(__always)
    func noteMethod(at start: Int, in message: inout Message) throws(JSONError) -> Int {
        let (end, hasEscapes) = try stringEnd(start)
        message.methodRange = ByteRange(start, end)
        message.methodHasEscapes = hasEscapes
        message.otherMethodRange = ByteRange(0, 0)
        return end
    }

    /// Reads one member of a message in the general way.
    ///
    /// - Parameters:
    ///   - start: Where its name is, or the white space before it.
    ///   - room: How many arrays and objects inside each other its value may consist of.
    @usableFromInline
    @inline(never)
    func scanMember(
        at start: Int, room: Int, of message: inout Message, _ params: inout JSONMembers
    ) throws(JSONError) -> Int {
        var at = start
        let name = try memberName(&at)
        let first = try token(&at)
        let begin = at
        // Names that do not fit into one word are compared byte by byte.
        let word = nameWord(name.content, hasEscapes: name.hasEscapes)
        func isCalled(_ other: StaticString) -> Bool {
            word == NameWord.none ? name.equals(other, in: self) : word == NameWord.of(other)
        }
        if isCalled("params") {
            if first == UInt8(ascii: "{") {
                at = try scanParams(at: begin, room: room, &params)
            } else {
                params.removeAll()
                at = try valueEnd(begin, first, room: room)
            }
            message.paramsRange = ByteRange(begin, at)
            return at
        }
        if isCalled("method"), first == UInt8(ascii: "\"") {
            return try noteMethod(at: begin, in: &message)
        }
        at = try valueEnd(begin, first, room: room)
        let range = ByteRange(begin, at)
        if isCalled("method") {
            message.otherMethodRange = range
            message.methodRange = ByteRange(0, 0)
        } else if isCalled("id") {
            message.idRange = range
        } else if isCalled("result") {
            message.resultRange = range
        } else if isCalled("error") {
            message.errorRange = range
        }
        return at
    }

    /// Reads the object whose brace is at `start`, and notes its members.
    @inlinable
    func scanParams(at start: Int, room: Int, _ params: inout JSONMembers) throws(JSONError) -> Int {
        params.removeAll()
        guard room > 0 else { throw JSONError(.tooDeep, at: start) }
        var at = start &+ 1
        guard try token(&at) != UInt8(ascii: "}") else { return at &+ 1 }
        repeat {
            let ahead = word(at)
            if ahead == NameWord.of("\"path\":\"") {
                let name = ByteRange(at &+ 1, at &+ 5)
                let begin = at &+ 7
                at = try stringEnd(begin).end
                params.append(name, word: NameWord.of("path"), ByteRange(begin, at))
            } else if ahead == NameWord.of("\"value\":") {
                let name = ByteRange(at &+ 1, at &+ 6)
                at &+= 8
                let first = try token(&at)
                let begin = at
                at = try valueEnd(begin, first, room: room &- 1)
                params.append(name, word: NameWord.of("value"), ByteRange(begin, at))
            } else {
                try member(&at, room: room &- 1, of: &params)
            }
        } while try hasNext(&at, closing: UInt8(ascii: "}"))
        return at
    }

    /// The eight bytes at `start`, the first one lowest; 0 if there are fewer.
    @inlinable
    @inline(__always)
    func word(_ start: Int) -> UInt64 {
        guard start &+ 8 <= byteCount else { return 0 }
        return UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: UInt64.self))
    }

    /// Whether these two bytes are at `start`.
    @inlinable
    @inline(__always)
    func follows(_ start: Int, _ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
        start &+ 2 <= byteCount && byte(start) == UInt8(ascii: first) && byte(start &+ 1) == UInt8(ascii: second)
    }
}
