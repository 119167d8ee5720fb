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
    public mutating func memberName() throws(JSONError) -> JSONStringRange { try key() }

    /// After a member: `true` if there is another one, `false` if the object ended here.
    @inlinable
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
    public mutating func nextElement() throws(JSONError) -> Bool { try next(closing: UInt8(ascii: "]")) }

    @inlinable
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
    public mutating func members(into members: inout JSONMembers) throws(JSONError) -> ByteRange {
        members.removeAll()
        _ = try peek()
        let start = position
        if try enterObject() {
            repeat {
                let name = try memberName()
                members.append(name, try value())
            } while try nextMember()
        }
        return ByteRange(start, position)
    }
}

/// Where the members of one object lie in its text. Made to be used again for the next object.
@frozen
public struct JSONMembers: Sendable {
    /// One member.
    @frozen
    public struct Member: Sendable {
        /// Its name.
        public var name: JSONStringRange
        /// Its value.
        public var value: ByteRange

        @inlinable
        init(name: JSONStringRange, value: ByteRange) {
            self.name = name
            self.value = value
        }
    }

    @usableFromInline var list: ContiguousArray<Member> = []

    /// No members.
    @inlinable
    public init() {}

    /// How many members, duplicates included.
    @inlinable public var count: Int { list.count }

    /// The member at `index`, in the order of the text.
    @inlinable
    public subscript(index: Int) -> Member { list[index] }

    /// Forgets the members and keeps the memory, unless an object of unusual size blew it up.
    @inlinable
    public mutating func removeAll() { list.removeAll(keepingCapacity: list.count <= 1024) }

    /// Notes one more member.
    @inlinable
    public mutating func append(_ name: JSONStringRange, _ value: ByteRange) {
        list.append(Member(name: name, value: value))
    }

    /// Where the value of the member called `name` lies; of duplicates the last.
    @inlinable
    public func value(_ name: StaticString, in bytes: RawSpan) -> ByteRange? {
        var index = list.count
        while index > 0 {
            index &-= 1
            if list[index].name.equals(name, in: bytes) { return list[index].value }
        }
        return nil
    }
}
