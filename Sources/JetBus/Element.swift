import Glibc
import JSONText
import JetProtocol

/// An *element*: a State or a Method in the bus's table, with its path, its value as the bytes it came in, its owner,
/// and the fetchers that must hear of it.
final class Element {
    // What every change looks at stands first, and together.

    /// The path, and behind it room for the value.
    private let pathMemory: UnsafeMutableRawPointer
    private let pathOffset: UInt32
    private let pathCount: UInt32
    /// Whose it is. Owners outlive their elements: a peer's end removes all of them before it lets go of the peer.
    let owner: Unmanaged<Peer>
    var value: ValueBytes
    var interests = InterestSet()
    /// How many of `interests` look at the value, or at how it compares with others.
    var selectiveInterests: UInt32 = 0
    private let quotedCount: UInt32
    let isMethod: Bool
    /// Whether its owner said that nobody may set (call) it.
    let fetchOnly: Bool
    /// The hash of `path`.
    let hash: UInt32
    /// A number that no other element of this bus has or had; grows with each add.
    let serial: UInt64
    /// Where it lies in the table; changes when the table is packed.
    var place = 0
    /// Where it stands in its owner's list of elements.
    var ownedPlace = 0
    /// What few elements have.
    let details: Details?

    /// What few elements have.
    final class Details {
        var access: Access?
        /// The text of `meta`.
        var meta: [UInt8]?
        /// For requests that bring none, in nanoseconds.
        var timeout: UInt64?
        /// Whether its owner is told who sets (calls) it.
        var wantsCaller: Bool

        init(access: Access?, meta: [UInt8]?, timeout: UInt64?, wantsCaller: Bool = false) {
            self.access = access
            self.meta = meta
            self.timeout = timeout
            self.wantsCaller = wantsCaller
        }
    }

    init(
        serial: UInt64, path: UnsafeRawBufferPointer, hash: UInt32, owner: Unmanaged<Peer>,
        value: UnsafeRawBufferPointer?, fetchOnly: Bool, details: Details?
    ) {
        self.serial = serial
        self.hash = hash
        self.owner = owner
        isMethod = value == nil
        self.fetchOnly = fetchOnly
        self.details = details
        // Nearly every path stands in JSON as it is: then the path is the quoted form without its quotes. Else both
        // lie one behind the other.
        pathCount = UInt32(truncatingIfNeeded: path.count)
        var room = min(value?.count ?? 0, Self.largestNearValue)
        let end: UnsafeMutableRawPointer
        if Self.isPlain(path) {
            pathMemory = Self.allocate(path.count &+ 2, andAtLeast: &room)
            end = pathMemory.putting("\"").putting(path).putting("\"")
            quotedCount = pathCount &+ 2
            pathOffset = 1
        } else {
            var quoted: [UInt8] = []
            JSONWriter.append(string: path.bytes, to: &quoted)
            let memory = Self.allocate(quoted.count &+ path.count, andAtLeast: &room)
            end = quoted.withUnsafeBytes { memory.putting($0).putting(path) }
            pathMemory = memory
            quotedCount = UInt32(truncatingIfNeeded: quoted.count)
            pathOffset = quotedCount
        }
        self.value = ValueBytes(borrowing: end, capacity: room)
        if let value { self.value.assign(value) }
    }

    /// The largest first value that lies behind the path, in bytes. A larger one has memory of its own, which can be
    /// given back.
    private static let largestNearValue = 512

    /// Whether a path stands in JSON as it is, apart from the quotes.
    private static func isPlain(_ path: UnsafeRawBufferPointer) -> Bool {
        path.bytes.standsInJSON
    }

    /// Memory of this size, and `room` more. Pieces of memory come in steps of 16 bytes: what is left of the last one is
    /// room as well, for a value that has a digit more.
    private static func allocate(_ size: Int, andAtLeast room: inout Int) -> UnsafeMutableRawPointer {
        if room > 0 { room = (size &+ room &+ 8 &+ 15) & ~15 &- 8 &- size }
        guard let memory = malloc(size &+ room) else { preconditionFailure("out of memory") }
        return memory
    }

    deinit { free(pathMemory) }

    /// The path, in UTF-8.
    var path: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: pathMemory + Int(pathOffset), count: Int(pathCount))
    }

    /// The path as it stands in a message, with its quotes.
    var quotedPath: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: pathMemory, count: Int(quotedCount))
    }

    /// Whether `peer` may see it.
    func isVisible(to peer: Peer) -> Bool {
        guard let access = details?.access else { return true }
        return Groups.admits(access.fetchGroups, peer.groups.fetch)
    }

    /// Whether `peer` may set (call) it, as far as groups decide.
    func admits(_ peer: Peer) -> Bool {
        guard let access = details?.access else { return true }
        return isMethod
            ? Groups.admits(access.callGroups, peer.groups.call) : Groups.admits(access.setGroups, peer.groups.set)
    }

    /// Whether `peer` is told that it can only be looked at.
    func isFetchOnly(for peer: Peer) -> Bool { fetchOnly || !admits(peer) }
}
