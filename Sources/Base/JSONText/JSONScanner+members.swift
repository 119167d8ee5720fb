extension JSONScanner {
    /// Steps into an object; `false` when it has no members and is done already.
    ///
    ///     if try scanner.enterObject() {
    ///         repeat {
    ///             let name = try scanner.memberName()
    ///             let value = try scanner.value()
    ///         } while try scanner.nextMember()
    ///     }
    @inlinable
    public mutating func enterObject() throws(JSONError) -> Bool {
        guard try peek() == UInt8(ascii: "{") else { throw JSONError(.unexpectedByte, at: position) }
        try open()
        guard try peek() == UInt8(ascii: "}") else { return true }
        close()
        return false
    }

    /// Reads the name of a member and the colon behind it; its value is next.
    @inlinable
    @inline(__always)
    public mutating func memberName() throws(JSONError) -> JSONStringRange {
        var at = position
        let name = try bytes.memberName(&at)
        position = at
        return name
    }

    /// After a member: `true` if there is another one, `false` if the object ended here.
    @inlinable
    @inline(__always)
    public mutating func nextMember() throws(JSONError) -> Bool { try next(closing: UInt8(ascii: "}")) }

    /// Steps into an array; `false` when it is empty and done already.
    @inlinable
    public mutating func enterArray() throws(JSONError) -> Bool {
        guard try peek() == UInt8(ascii: "[") else { throw JSONError(.unexpectedByte, at: position) }
        try open()
        guard try peek() == UInt8(ascii: "]") else { return true }
        close()
        return false
    }

    /// After an element: `true` if there is another one, `false` if the array ended here.
    @inlinable
    @inline(__always)
    public mutating func nextElement() throws(JSONError) -> Bool { try next(closing: UInt8(ascii: "]")) }

    @inlinable
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func next(closing: UInt8) throws(JSONError) -> Bool {
        let byte = try peek()
        if byte == UInt8(ascii: ",") {
            position &+= 1
            return true
        }
        guard byte == closing else { throw JSONError(.unexpectedByte, at: position) }
        close()
        return false
    }

    /// Steps over the byte that opens an array or object.
    @inlinable
    mutating func open() throws(JSONError) {
        guard depth < Self.maximumDepth else { throw JSONError(.tooDeep, at: position) }
        depth &+= 1
        position &+= 1
    }

    /// Steps over the byte that closes one.
    @inlinable
    mutating func close() {
        position &+= 1
        depth &-= 1
    }

    /// Reads an object and notes where each of its members lies.
    ///
    /// - Parameter members: Emptied first.
    /// - Returns: Where the object lies.
    /// - Throws: `JSONError` when no object is next.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func members(into members: inout JSONMembers) throws(JSONError) -> ByteRange {
        members.removeAll()
        guard try peek() == UInt8(ascii: "{") else { throw JSONError(.unexpectedByte, at: position) }
        let start = position
        var at = start
        try bytes.members(&at, room: room, into: &members)
        position = at
        return ByteRange(start, at)
    }
}
