/// Values: what tokens make up. Like the tokens, each is a function from where it begins to where it ends.
extension RawSpan {
    /// Where the value ends that begins at `start` with the byte `first`.
    ///
    /// - Parameter room: How many arrays and objects inside each other it may consist of.
    @inlinable
    @inline(__always)
    package func valueEnd(_ start: Int, _ first: UInt8, room: Int) throws(JSONError) -> Int {
        if first == UInt8(ascii: "\"") { return try stringEnd(start).end }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return try containerEnd(start, room: room) }
        return try scalarEnd(start, first)
    }

    /// Where the array or object ends that begins at `start`, with all that is in it. One loop: what is open is
    /// remembered in the bits of an integer (1 for an object), and what is nested deeper than it has bits is a loop of
    /// its own. So no text can use up the machine's stack.
    @inlinable
    package func containerEnd(_ start: Int, room: Int) throws(JSONError) -> Int {
        var at = start
        let bits = min(room, UInt64.bitWidth)
        var open = 0
        var containers: UInt64 = 0
        values: while true {
            // A value must follow.
            let first = try token(&at)
            switch first {
            case UInt8(ascii: "\""):
                at = try stringEnd(at).end
            case UInt8(ascii: "{"):
                guard open < bits else {
                    at = try deepEnd(at, room: room &- bits)
                    break
                }
                at &+= 1
                if try token(&at) == UInt8(ascii: "}") {
                    at &+= 1
                } else {
                    open &+= 1
                    containers = containers &<< 1 | 1
                    at = try nameEnd(at)
                    continue values
                }
            case UInt8(ascii: "["):
                guard open < bits else {
                    at = try deepEnd(at, room: room &- bits)
                    break
                }
                at &+= 1
                if try token(&at) == UInt8(ascii: "]") {
                    at &+= 1
                } else {
                    open &+= 1
                    containers = containers &<< 1
                    continue values
                }
            default:
                at = try scalarEnd(at, first)
            }
            // A value is done: on to the next one, or out of what it ends.
            while open > 0 {
                let isObject = containers & 1 == 1
                let next = try token(&at)
                if next == UInt8(ascii: ",") {
                    at &+= 1
                    if isObject { at = try nameEnd(at) }
                    continue values
                }
                guard next == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw JSONError(.unexpectedByte, at: at)
                }
                at &+= 1
                open &-= 1
                containers &>>= 1
            }
            return at
        }
    }

    /// The end of an array or object for which `containerEnd` has no bit left.
    @usableFromInline
    @inline(never)
    func deepEnd(_ start: Int, room: Int) throws(JSONError) -> Int {
        guard room > 0 else { throw JSONError(.tooDeep, at: start) }
        return try containerEnd(start, room: room)
    }

    /// Where the colon ends behind the name of a member that must begin at `start`, or behind white space there.
    @inlinable
    @inline(__always)
    func nameEnd(_ start: Int) throws(JSONError) -> Int {
        var at = start
        guard try token(&at) == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: at) }
        at = try stringEnd(at).end
        guard try token(&at) == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: at) }
        return at &+ 1
    }

    /// Moves `at` over the name of a member and the colon behind it.
    @inlinable
    @inline(__always)
    package func memberName(_ at: inout Int) throws(JSONError) -> JSONStringRange {
        guard try token(&at) == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: at) }
        let start = at
        let (end, hasEscapes) = try stringEnd(start)
        at = end
        guard try token(&at) == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: at) }
        at &+= 1
        return JSONStringRange(content: ByteRange(start &+ 1, end &- 1), hasEscapes: hasEscapes)
    }

    /// Moves `at` over what stands behind a member or an element.
    ///
    /// - Returns: Whether there is another one.
    @inlinable
    @inline(__always)
    package func hasNext(_ at: inout Int, closing: UInt8) throws(JSONError) -> Bool {
        let byte = try token(&at)
        guard byte == UInt8(ascii: ",") || byte == closing else { throw JSONError(.unexpectedByte, at: at) }
        at &+= 1
        return byte != closing
    }

    /// Moves `at` over an object and notes where each of its members lies.
    ///
    /// - Parameters:
    ///   - at: Where the object's brace is.
    ///   - room: How many arrays and objects inside each other it may consist of.
    ///   - members: Emptied first.
    @inlinable
    func members(_ at: inout Int, room: Int, into members: inout JSONMembers) throws(JSONError) {
        members.removeAll()
        guard room > 0 else { throw JSONError(.tooDeep, at: at) }
        at &+= 1
        guard try token(&at) != UInt8(ascii: "}") else {
            at &+= 1
            return
        }
        repeat { try member(&at, room: room &- 1, of: &members) } while try hasNext(&at, closing: UInt8(ascii: "}"))
    }

    /// Moves `at` over one member and notes where it lies.
    ///
    /// - Parameter room: How many arrays and objects inside each other its value may consist of.
    @inlinable
    package func member(_ at: inout Int, room: Int, of members: inout JSONMembers) throws(JSONError) {
        let name = try memberName(&at)
        let first = try token(&at)
        let start = at
        at = try valueEnd(start, first, room: room)
        let word = nameWord(name.content, hasEscapes: name.hasEscapes)
        members.append(JSONMembers.Member(name: name, word: word, value: ByteRange(start, at)))
    }
}
