import JSONText
import JetProtocol

/// One notification of a sorted fetch (jet-protocol(7) §4.7): how far the window is filled now, and which places of it
/// have new contents. Dropping what lies beyond and putting each change in its place gives the window.
struct SortedNotice: Sendable, Equatable {
    /// One place's new contents.
    struct Change: Sendable, Equatable {
        /// The place in the whole sorted list, from 1.
        var index: Int
        /// Which element stands there.
        var path: String
        /// The text of its value; `nil` for a Method.
        var value: [UInt8]?
        /// Whether the fetching peer cannot set (call) it.
        var isFetchOnly = false
    }

    /// How many places of the window are filled: `n`.
    var count: Int
    /// The places with new contents, in order.
    var changes: [Change]
    /// How many elements satisfy the rule, if the rule asks for it.
    var total: Int?
    /// The first place of the window, if it is known here.
    var from: Int?
}

extension SortedNotice {
    /// Reads the params of a sorted notification; `nil` if they are none. An entry that makes no sense is left out.
    init?(_ params: borrowing JSONMembers, in bytes: RawSpan) {
        guard let count = params.value(MemberName.count, in: bytes).flatMap({ Self.number($0, in: bytes) }), count >= 0,
            let list = params.value(MemberName.changes, in: bytes),
            var changes = try? Self.changes(list, in: bytes)
        else { return nil }
        changes.sort { $0.index < $1.index }
        let total = params.value(MemberName.total, in: bytes).flatMap { Self.number($0, in: bytes) }
        self.init(count: count, changes: changes, total: total)
    }

    private static func changes(_ list: ByteRange, in bytes: RawSpan) throws(JSONError) -> [Change] {
        var scanner = JSONScanner(bytes, at: list.start)
        var members = JSONMembers()
        var changes: [Change] = []
        // A Lua daemon writes an empty list as an empty object.
        guard try scanner.peek() == UInt8(ascii: "["), try scanner.enterArray() else { return [] }
        repeat {
            guard try scanner.peek() == UInt8(ascii: "{") else {
                _ = try scanner.value()
                continue
            }
            _ = try scanner.members(into: &members)
            if let change = Change(members, in: bytes) { changes.append(change) }
        } while try scanner.nextElement()
        return changes
    }

    fileprivate static func number(_ range: ByteRange, in bytes: RawSpan) -> Int? {
        (try? JSON(parsing: range.of(bytes).array))?.int
    }
}

extension SortedNotice.Change {
    fileprivate init?(_ members: borrowing JSONMembers, in bytes: RawSpan) {
        guard let index = members.value(MemberName.index, in: bytes).flatMap({ SortedNotice.number($0, in: bytes) }),
            let path = members.value(MemberName.path, in: bytes).flatMap({ Notice.string($0, in: bytes) })
        else { return nil }
        self.init(
            index: index, path: path, value: members.value(MemberName.value, in: bytes)?.of(bytes).array,
            isFetchOnly: members.value(MemberName.fetchOnly, in: bytes)?.of(bytes).elementsEqual("true") ?? false)
    }
}
