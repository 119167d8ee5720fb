/// Where the members of one object lie in its text. Made to be used again for the next object.
///
/// The first few lie in the structure itself, which is enough for all that is frequent; longer objects spill into an
/// array, whose memory is kept for the next one.
@frozen
public struct JSONMembers: ~Copyable, Sendable {
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

    @usableFromInline var first: InlineArray<8, Member>
    /// The members behind the first eight, and behind them what is left of a longer object before.
    @usableFromInline var rest: ContiguousArray<Member> = []
    /// How many members there are.
    @usableFromInline var noted = 0

    /// No members.
    @inlinable
    public init() {
        let nothing = ByteRange(0, 0)
        let name = JSONStringRange(content: nothing, hasEscapes: false)
        first = InlineArray(repeating: Member(name: name, word: 0, value: nothing))
    }

    /// How many members, duplicates included.
    @inlinable public var count: Int { noted }

    /// The member at `index`, in the order of the text.
    @inlinable
    public subscript(index: Int) -> Member {
        precondition(index < noted)
        return slot(index)
    }

    @inlinable
    @inline(__always)
    func slot(_ index: Int) -> Member { index < first.count ? first[index] : rest[index &- first.count] }

    /// Forgets the members and keeps the memory, unless an object of unusual size blew it up.
    @inlinable
    @inline(__always)
    public mutating func removeAll() {
        if noted > 1024 { rest = [] }
        noted = 0
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
        if noted < first.count { first[noted] = member } else { spill(member) }
        noted &+= 1
    }

    @usableFromInline
    mutating func spill(_ member: Member) {
        let index = noted &- first.count
        if index < rest.count { rest[index] = member } else { rest.append(member) }
    }

    /// Where the value of the member called `name` lies; of duplicates the last.
    @inlinable
    @inline(__always)
    public func value(_ name: StaticString, in bytes: RawSpan) -> ByteRange? {
        let word = NameWord.of(name)
        var index = noted
        while index > 0 {
            index &-= 1
            let member = slot(index)
            if member.word == word, word != NameWord.none { return member.value }
            if member.word == NameWord.none, member.name.equals(name, in: bytes) { return member.value }
        }
        return nil
    }
}
