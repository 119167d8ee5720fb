import JSONText
import JetProtocol

/// An *element*: a State or a Method, with its path, its value as the bytes that were received, its owner, and the
/// fetchers that must be notified of it.
///
/// It is one piece of memory: the header, the path, and room for the value. There may be very many.
final class Element: ManagedBuffer<ElementHeader, UInt8> {
    /// What few elements have.
    final class Details {
        var access: Access?
        /// The text of `meta`.
        var meta: [UInt8]?
        /// For requests that bring none, in nanoseconds.
        var timeout: UInt64?
        /// Whether requests that are routed to its owner name the caller.
        var wantsCaller: Bool
        /// The elements with the same list of groups that may fetch them; `nil` without a list. `ElementTable` keeps it.
        var restriction: Restriction?
        /// How many bytes of memory this takes.
        let size: Int

        init(access: Access?, meta: [UInt8]?, timeout: UInt64?, wantsCaller: Bool = false) {
            self.access = access
            self.meta = meta
            self.timeout = timeout
            self.wantsCaller = wantsCaller
            size = 112 + (access?.memorySize ?? 0) + (meta.map { $0.count + 48 } ?? 0)
        }
    }

    /// An element that is in no table yet.
    static func make(
        serial: UInt64, path: UnsafeRawBufferPointer, hash: UInt32, owner: Unmanaged<Peer>,
        value: UnsafeRawBufferPointer?, fetchOnly: Bool, details: Details?
    ) -> Element {
        // Nearly every path is written in JSON without escapes: then it is the quoted form without its quotes. Otherwise
        // both are stored, one behind the other.
        var quoted: [UInt8] = []
        if !path.bytes.standsInJSON { JSONWriter.append(string: path.bytes, to: &quoted) }
        let pathSize = path.count &+ (quoted.isEmpty ? 2 : quoted.count)
        let room = room(for: min(value?.count ?? 0, largestNearValue), behind: pathSize)
        let element = create(minimumCapacity: pathSize &+ room) { element in
            let memory = UnsafeMutableRawPointer(element.withUnsafeMutablePointerToElements { $0 })
            if quoted.isEmpty {
                memory.putting("\"").putting(path).put(StaticString("\""))
            } else {
                quoted.withUnsafeBytes { memory.putting($0).put(path) }
            }
            return ElementHeader(
                pathOffset: UInt32(truncatingIfNeeded: quoted.isEmpty ? 1 : quoted.count),
                pathCount: UInt32(truncatingIfNeeded: path.count), owner: owner,
                value: ElementValue(borrowing: memory + pathSize, capacity: room),
                quotedCount: UInt32(truncatingIfNeeded: quoted.isEmpty ? pathSize : quoted.count),
                isMethod: value == nil, fetchOnly: fetchOnly, hash: hash, serial: serial, details: details)
        }
        if let value { element.header.value.assign(value) }
        return unsafeDowncast(element, to: Element.self)
    }

    deinit {
        header.value.end()
        header.interests.end()
    }

    /// The largest first value that lies behind the path, in bytes. A larger one has memory of its own, which can be
    /// freed.
    private static let largestNearValue = 512

    /// How much room there is for a value of this size. Pieces of memory come in steps of 16 bytes, eight of which are not
    /// ours: what is left of the last one is room as well, for a value that has a digit more.
    private static func room(for size: Int, behind pathSize: Int) -> Int {
        guard size > 0 else { return 0 }
        // An object begins with two words of the language's own.
        let before = 16 &+ MemoryLayout<ElementHeader>.size &+ pathSize
        return (before &+ size &+ 8 &+ 15) & ~15 &- 8 &- before
    }

    private var pathMemory: UnsafeRawPointer { UnsafeRawPointer(withUnsafeMutablePointerToElements { $0 }) }

    /// The path, in UTF-8.
    var path: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: pathMemory + Int(header.pathOffset), count: Int(header.pathCount))
    }

    /// The path as it stands in a message, with its quotes.
    var quotedPath: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: pathMemory, count: Int(header.quotedCount))
    }

    /// Its owner, not retained. Owners outlive their elements: `Bus.disconnect` removes all of them before it releases the
    /// peer.
    var owner: Unmanaged<Peer> { header.owner }

    var value: ElementValue {
        @inline(__always) _read { yield header.value }
        @inline(__always) _modify { yield &header.value }
    }

    var interests: InterestSet {
        @inline(__always) _read { yield header.interests }
        @inline(__always) _modify { yield &header.interests }
    }

    /// How many of `interests` look at the value, or at how it compares with others.
    var selectiveInterests: UInt32 {
        get { header.selectiveInterests }
        set { header.selectiveInterests = newValue }
    }

    /// Whether it is in the `Backlog`.
    var isInBacklog: Bool {
        get { header.isInBacklog }
        set { header.isInBacklog = newValue }
    }

    var isMethod: Bool { header.isMethod }

    /// Whether it was added as one that cannot be set (called).
    var fetchOnly: Bool { header.fetchOnly }

    /// The hash of `path`.
    var hash: UInt32 { header.hash }

    /// A number that no other element of this bus has or had; grows with each add.
    var serial: UInt64 { header.serial }

    /// What few elements have.
    var details: Details? { header.details }

    /// How many bytes of memory it takes with its places in the tables, without `interests`: those are the fetchers'.
    var size: Int {
        let pathSize = Int(header.quotedCount) &+ (header.pathOffset == 1 ? 0 : Int(header.pathCount))
        return Self.overhead &+ pathSize &+ header.value.memorySize &+ (header.details?.size ?? 0)
    }

    /// How many bytes an element takes beside path, value and details: an object begins with two words of the language's
    /// own; malloc rounds up and keeps a word; and there are an entry in the index, which is half full, and one each in the
    /// arrays of the table and of the owner, which grow by doubling.
    private static let overhead = 16 + MemoryLayout<ElementHeader>.size + 16 + 16 + 12 + 12

    /// How many bytes an element will take at least.
    static func leastSize(path: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer?, details: Details?) -> Int {
        overhead &+ path.count &+ (value?.count ?? 0) &+ (details?.size ?? 0)
    }

    /// Where it lies in the table; changes when the table is packed.
    var place: Int {
        get { Int(header.place) }
        set { header.place = UInt32(truncatingIfNeeded: newValue) }
    }

    /// Where it stands in its owner's list of elements.
    var ownedPlace: Int {
        get { Int(header.ownedPlace) }
        set { header.ownedPlace = UInt32(truncatingIfNeeded: newValue) }
    }

    /// Whether the element, whose path satisfies a rule, satisfies the rest of it.
    func satisfies(_ rule: FetchRule, _ meter: inout WorkMeter) -> Bool {
        if rule.isOnlyAboutPath { return true }
        return isMethod ? rule.matchesMethod : rule.matches(value: value.bytes.bytes, &meter)
    }

    /// Whether its owner is disconnected: it will be removed soon, and requests do not find it any more.
    var isDeparting: Bool { owner._withUnsafeGuaranteedRef { $0.isDeparting } }

    /// Whether `peer` may see it.
    func isVisible(to peer: Peer) -> Bool {
        guard !isDeparting else { return false }
        guard let access = details?.access else { return true }
        return Groups.admits(access.fetchGroups, peer.groups.fetch)
    }

    /// Whether it exists for a peer: one that may see it or owns it. For others it is as if the path were free, and for all
    /// peers when its owner is disconnected.
    @inline(__always)
    func exists(for peer: Unmanaged<Peer>) -> Bool {
        guard !isDeparting else { return false }
        guard header.details != nil, owner.toOpaque() != peer.toOpaque() else { return true }
        return isVisible(to: peer.takeUnretainedValue())
    }

    /// Whether `peer` may set (call) it, as far as groups decide.
    func admits(_ peer: Peer) -> Bool {
        guard let access = details?.access else { return true }
        return isMethod
            ? Groups.admits(access.callGroups, peer.groups.call) : Groups.admits(access.setGroups, peer.groups.set)
    }

    /// Whether notifications for `peer` say that the element cannot be set (called).
    func isFetchOnly(for peer: Peer) -> Bool { fetchOnly || peer.permission != .all || !admits(peer) }
}

extension Access {
    /// How many bytes of memory the lists take, about.
    fileprivate var memorySize: Int {
        [fetchGroups, setGroups, callGroups].reduce(0) { size, list in
            // A list has a header; a name of up to 15 bytes lies in it.
            size + (list?.reduce(48) { $0 + 16 + ($1.utf8.count > 15 ? $1.utf8.count + 48 : 0) } ?? 0)
        }
    }
}

/// What is known of an element beside its path. What every change looks at stands first, and together.
struct ElementHeader {
    let pathOffset: UInt32
    let pathCount: UInt32
    let owner: Unmanaged<Peer>
    var value: ElementValue
    var interests = InterestSet()
    var selectiveInterests: UInt32 = 0
    let quotedCount: UInt32
    let isMethod: Bool
    let fetchOnly: Bool
    var isInBacklog = false
    let hash: UInt32
    let serial: UInt64
    // As wide as the index's places: there are fewer than four thousand million elements.
    var place: UInt32 = 0
    var ownedPlace: UInt32 = 0
    let details: Element.Details?
}
