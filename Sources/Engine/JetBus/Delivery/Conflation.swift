/// *Conflation*: the notifications that wait for a peer that reads too slowly, at most one for each element and fetcher
/// (jet-protocol(7) §7).
///
/// When an outbox is full, notifications are no longer rendered into it. Instead one event is kept for each element and
/// fetcher: the one that leads from what the peer was last sent to what is true now. Its value is read when it is rendered;
/// only the last value of an element that is gone is kept here.
///
/// A change after a change, the most frequent case, needs one look-up and nothing more: a publisher is not slowed by
/// peers that do not read.
final class Conflation {
    /// Which element, for which fetcher.
    private struct Key: Equatable {
        let element: UInt64
        let fetcher: UInt64

        @inline(__always)
        init(_ element: Element, _ fetcher: Fetcher) {
            self.element = element.serial
            self.fetcher = fetcher.serial
        }

        /// The bus numbers elements and fetchers itself, so no peer can choose colliding keys.
        @inline(__always)
        var hash: UInt32 {
            let mixed = (element &* 0x9E37_79B9_7F4A_7C15) ^ (fetcher &* 0xC2B2_AE3D_27D4_EB4F)
            return UInt32(truncatingIfNeeded: mixed >> 29) | 0x8000_0000
        }
    }

    private struct PathKey: Hashable {
        let path: [UInt8]
        let fetcher: UInt64

        init(_ path: UnsafeRawBufferPointer, _ fetcher: Fetcher) {
            self.path = Array(path)
            self.fetcher = fetcher.serial
        }
    }

    /// One event that is still to be sent.
    struct Entry {
        let fetcher: Fetcher
        let element: Element
        let event: ElementEvent
        /// What stands behind the fetcher's head, when the element is gone.
        let tail: [UInt8]?
        /// How many bytes of memory it takes, about: its place, its key twice, and, of an element that is gone, the element
        /// itself, its path and its last value.
        let size: Int

        init(_ fetcher: Fetcher, _ element: Element, _ event: ElementEvent, _ tail: [UInt8]?) {
            self.fetcher = fetcher
            self.element = element
            self.event = event
            self.tail = tail
            size = 128 + (tail.map { $0.count + element.path.count + element.size } ?? 0)
        }
    }

    /// The entries in the order in which their elements first changed; `nil` where an entry was sent or cancelled.
    private var entries: ContiguousArray<Entry?> = []
    /// Their keys, and where they are.
    private var keys: ContiguousArray<Key> = []
    private var places = HashIndex()
    /// The entries that are removes, by path: a new element at the path must not be sent before them.
    private var removals: [PathKey: Int] = [:]
    /// How many entries at the front are sent already.
    private var sent = 0
    private var cancelled = 0
    /// How many bytes of memory all of it takes, about.
    private(set) var bytes = 0

    /// Nothing waits.
    init() {}

    /// How many entries take memory, those that were cancelled included.
    var count: Int { entries.count - sent }

    /// Notes an event.
    ///
    /// - Parameter tail: For `remove`: what stands behind the fetcher's head.
    /// - Returns: Whether it replaced another one, which will not be sent.
    func note(_ event: ElementEvent, of element: Element, for fetcher: Fetcher, tail: [UInt8]?) -> Bool {
        let key = Key(element, fetcher)
        guard let place = places.find(key.hash, { keys[$0] == key }) else {
            places.insert(key.hash, place: entries.count)
            if event == .remove { removals[PathKey(element.path, fetcher)] = entries.count }
            keys.append(key)
            let entry = Entry(fetcher, element, event, tail)
            bytes &+= entry.size
            entries.append(entry)
            return false
        }
        let earlier = entries[place]?.event ?? event
        guard let event = Self.combined(earlier, event) else {
            drop(at: place)
            return true
        }
        guard event == .remove || earlier == .remove else { return true }
        let entry = Entry(fetcher, element, event, tail)
        bytes &+= entry.size &- (entries[place]?.size ?? 0)
        entries[place] = entry
        // An element can come back for a fetcher that looks at values, without having been away for others.
        removals[PathKey(element.path, fetcher)] = event == .remove ? place : nil
        return true
    }

    /// Takes out the remove that waits for this path and fetcher, because a new element there is sent immediately.
    ///
    /// - Returns: What stands behind the fetcher's head.
    func takeRemoval(at path: UnsafeRawBufferPointer, for fetcher: Fetcher) -> [UInt8]? {
        guard !removals.isEmpty, let place = removals.removeValue(forKey: PathKey(path, fetcher)),
            let tail = entries[place]?.tail
        else { return nil }
        drop(at: place)
        return tail
    }

    /// The next event to be sent.
    func next() -> Entry? {
        if sent > 1024, sent * 2 > entries.count { pack() }
        while sent < entries.count {
            let place = sent
            let entry = entries[place]
            entries[place] = nil
            sent += 1
            guard let entry else {
                cancelled -= 1
                continue
            }
            bytes &-= entry.size
            places.remove(keys[place].hash, place: place)
            if entry.event == .remove { removals[PathKey(entry.element.path, entry.fetcher)] = nil }
            if entry.fetcher.isActive { return entry }
        }
        entries = []
        keys = []
        sent = 0
        cancelled = 0
        return nil
    }

    private func drop(at place: Int) {
        places.remove(keys[place].hash, place: place)
        bytes &-= entries[place]?.size ?? 0
        entries[place] = nil
        cancelled += 1
        if cancelled > 1024, cancelled * 2 > entries.count - sent { pack() }
    }

    private func pack() {
        var moved = ContiguousArray(repeating: 0, count: entries.count)
        var packed = ContiguousArray<Entry?>()
        var packedKeys = ContiguousArray<Key>()
        for place in sent..<entries.count {
            guard let entry = entries[place] else { continue }
            moved[place] = packed.count
            packed.append(entry)
            packedKeys.append(keys[place])
        }
        places.relocate { moved[$0] }
        removals = removals.mapValues { moved[$0] }
        entries = packed
        keys = packedKeys
        sent = 0
        cancelled = 0
    }

    /// The one event that two in a row amount to; `nil` for none at all.
    private static func combined(_ first: ElementEvent, _ second: ElementEvent) -> ElementEvent? {
        switch (first, second) {
        case (.add, .remove): nil
        case (.add, _): .add
        case (.change, .remove): .remove
        case (.change, _): .change
        case (.remove, .remove): .remove
        case (.remove, _): .change
        }
    }
}
