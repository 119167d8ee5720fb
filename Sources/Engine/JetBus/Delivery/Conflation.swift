/// *Conflation*: what a peer that reads too slowly has still to be told, kept to the newest of each element and fetcher
/// (jet-protocol(7) §7).
///
/// When an outbox is full, notifications are no longer rendered into it. What remains is, for each element and fetcher,
/// the one event that leads from what the peer was last told to what is true now. Its value is looked up when it is
/// rendered; only the last value of an element that is gone is kept here.
///
/// Of what changes most often, a change behind another one, nothing is left to be done: so finding out costs little, and
/// the publisher is not slowed by who does not read.
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

        /// The bus numbers elements and fetchers itself, so that nobody chooses these.
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

    /// One event that is still to be told.
    struct Entry {
        let fetcher: Fetcher
        let element: Element
        var event: ElementEvent
        /// What stands behind the fetcher's head, when the element is gone.
        var tail: [UInt8]?
    }

    /// The entries in the order in which their elements first changed; `nil` where an entry was told or came to nothing.
    private var entries: ContiguousArray<Entry?> = []
    /// Their keys, and where they are.
    private var keys: ContiguousArray<Key> = []
    private var places = HashIndex()
    /// The entries that tell of a remove, by path: what comes to the path later must not be told of before.
    private var removals: [PathKey: Int] = [:]
    /// How many entries at the front are told already.
    private var told = 0
    private var nothings = 0

    /// Nothing waits.
    init() {}

    /// How many entries take memory, those that came to nothing included.
    var count: Int { entries.count - told }

    /// Notes an event.
    ///
    /// - Parameter tail: For `remove`: what stands behind the fetcher's head.
    /// - Returns: Whether it replaced another one, which the peer will never hear of.
    func note(_ event: ElementEvent, of element: Element, for fetcher: Fetcher, tail: [UInt8]?) -> Bool {
        let key = Key(element, fetcher)
        guard let place = places.find(key.hash, { keys[$0] == key }) else {
            places.insert(key.hash, place: entries.count)
            if event == .remove { removals[PathKey(element.path, fetcher)] = entries.count }
            keys.append(key)
            entries.append(Entry(fetcher: fetcher, element: element, event: event, tail: tail))
            return false
        }
        let earlier = entries[place]?.event ?? event
        guard let event = Self.combined(earlier, event) else {
            drop(at: place)
            return true
        }
        guard event == .remove || earlier == .remove else { return true }
        entries[place]?.event = event
        entries[place]?.tail = tail
        // An element can come back for a fetcher that looks at values, without having been away for others.
        removals[PathKey(element.path, fetcher)] = event == .remove ? place : nil
        return true
    }

    /// Takes out the remove that waits for this path and fetcher, because what is new there is being told of at once.
    ///
    /// - Returns: What stands behind the fetcher's head.
    func takeRemoval(at path: UnsafeRawBufferPointer, for fetcher: Fetcher) -> [UInt8]? {
        guard !removals.isEmpty, let place = removals.removeValue(forKey: PathKey(path, fetcher)),
            let tail = entries[place]?.tail
        else { return nil }
        drop(at: place)
        return tail
    }

    /// The next event to be told.
    func next() -> Entry? {
        if told > 1024, told * 2 > entries.count { pack() }
        while told < entries.count {
            let place = told
            let entry = entries[place]
            entries[place] = nil
            told += 1
            guard let entry else {
                nothings -= 1
                continue
            }
            places.remove(keys[place].hash, place: place)
            if entry.event == .remove { removals[PathKey(entry.element.path, entry.fetcher)] = nil }
            if entry.fetcher.isActive { return entry }
        }
        entries = []
        keys = []
        told = 0
        nothings = 0
        return nil
    }

    private func drop(at place: Int) {
        places.remove(keys[place].hash, place: place)
        entries[place] = nil
        nothings += 1
        if nothings > 1024, nothings * 2 > entries.count - told { pack() }
    }

    private func pack() {
        var moved = ContiguousArray(repeating: 0, count: entries.count)
        var packed = ContiguousArray<Entry?>()
        var packedKeys = ContiguousArray<Key>()
        for place in told..<entries.count {
            guard let entry = entries[place] else { continue }
            moved[place] = packed.count
            packed.append(entry)
            packedKeys.append(keys[place])
        }
        places.relocate { moved[$0] }
        removals = removals.mapValues { moved[$0] }
        entries = packed
        keys = packedKeys
        told = 0
        nothings = 0
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
