/// Where the members of one object lie in its text. Made to be used again for the next object.
///
/// Its memory is not given back between two objects, nor emptied: the slots of the last object are written over.
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

    /// The members, and behind them what is left of a longer object before.
    @usableFromInline var slots: ContiguousArray<Member> = []
    /// How many slots hold members.
    @usableFromInline var noted = 0

    /// No members.
    @inlinable
    public init() {}

    /// How many members, duplicates included.
    @inlinable public var count: Int { noted }

    /// The member at `index`, in the order of the text.
    @inlinable
    public subscript(index: Int) -> Member {
        precondition(index < noted)
        return slots[index]
    }

    /// Forgets the members and keeps the memory, unless an object of unusual size blew it up.
    @inlinable
    public mutating func removeAll() {
        if noted > 1024 { slots = [] }
        noted = 0
    }

    /// Notes one more member.
    @inlinable
    public mutating func append(_ name: JSONStringRange, _ value: ByteRange) {
        let member = Member(name: name, value: value)
        if noted < slots.count { slots[noted] = member } else { slots.append(member) }
        noted &+= 1
    }

    /// Where the value of the member called `name` lies; of duplicates the last.
    @inlinable
    public func value(_ name: StaticString, in bytes: RawSpan) -> ByteRange? {
        var index = noted
        while index > 0 {
            index &-= 1
            if slots[index].name.equals(name, in: bytes) { return slots[index].value }
        }
        return nil
    }
}
