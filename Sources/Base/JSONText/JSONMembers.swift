import Glibc

/// Where the members of one object lie in its text. Made to be used again for the next object: the memory is kept.
@frozen
public struct JSONMembers: ~Copyable {
    /// One member.
    @frozen
    public struct Member: Sendable {
        /// Its name.
        public var name: JSONStringRange
        /// Its value.
        public var value: ByteRange
        /// Its name as one word.
        @usableFromInline var word: UInt64

        @inlinable
        @inline(__always)
        init(name: JSONStringRange, word: UInt64, value: ByteRange) {
            self.name = name
            self.word = word
            self.value = value
        }
    }

    /// The members, in memory of its own, so that looking one up copies nothing.
    @usableFromInline var slots: UnsafeMutablePointer<Member>
    @usableFromInline var capacity = 8
    /// How many members there are.
    @usableFromInline var noted = 0
    /// Whether some of them have a name without a word.
    @usableFromInline var hasUnusual = false

    /// No members.
    public init() { slots = Self.allocate(8) }

    deinit { free(slots) }

    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Member> {
        guard let memory = malloc(count * MemoryLayout<Member>.stride) else { preconditionFailure("out of memory") }
        return memory.bindMemory(to: Member.self, capacity: count)
    }

    /// How many members, duplicates included.
    @inlinable public var count: Int { noted }

    /// The member at `index`, in the order of the text.
    @inlinable
    public subscript(index: Int) -> Member {
        precondition(index >= 0 && index < noted)
        return slots[index]
    }

    /// Forgets the members and keeps the memory, unless an object of unusual size blew it up.
    @inlinable
    @inline(__always)
    public mutating func removeAll() {
        if noted > 1024 { shrink() }
        noted = 0
        hasUnusual = false
    }

    @usableFromInline
    mutating func shrink() {
        free(slots)
        slots = Self.allocate(8)
        capacity = 8
    }

    @usableFromInline
    mutating func grow() {
        let larger = Self.allocate(capacity * 2)
        larger.update(from: slots, count: noted)
        free(slots)
        slots = larger
        capacity *= 2
    }

    /// Notes one more member, whose name holds no escape.
    ///
    /// - Parameters:
    ///   - name: Where the name lies, without its quotes.
    ///   - word: The name's word.
    @inlinable
    @inline(__always)
    package mutating func append(_ name: ByteRange, word: UInt64, _ value: ByteRange) {
        append(Member(name: JSONStringRange(content: name, hasEscapes: false), word: word, value: value))
    }

    @inlinable
    @inline(__always)
    mutating func append(_ member: Member) {
        if member.word == NameWord.none { hasUnusual = true }
        if noted == capacity { grow() }
        slots[noted] = member
        noted &+= 1
    }

    /// Where the value of the member called `name` lies; of duplicates the last.
    @inlinable
    @inline(__always)
    public func value(_ name: StaticString, in bytes: RawSpan) -> ByteRange? {
        let word = NameWord.of(name)
        let range = word == NameWord.none ? ByteRange(0, 0) : value(word: word)
        return range.isEmpty ? value(ofUnusual: name, in: bytes) : range
    }

    /// Where the value of the last member with this word lies; empty if there is none, or if names that have no word
    /// need a look.
    @inlinable
    func value(word: UInt64) -> ByteRange {
        guard !hasUnusual else { return ByteRange(0, 0) }
        var index = noted
        while index > 0 {
            index &-= 1
            if slots[index].word == word { return slots[index].value }
        }
        return ByteRange(0, 0)
    }

    /// The same for a name that has no word, or among names that have none.
    @usableFromInline
    func value(ofUnusual name: StaticString, in bytes: RawSpan) -> ByteRange? {
        guard hasUnusual else { return nil }
        var index = noted
        while index > 0 {
            index &-= 1
            if slots[index].name.equals(name, in: bytes) { return slots[index].value }
        }
        return nil
    }
}
