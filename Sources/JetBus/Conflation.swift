/// *Conflation*: what a peer that reads too slowly has still to be told, kept to the newest of each element and fetcher
/// (PROTOCOL.md 7).
///
/// When an outbox is full, notifications are no longer rendered into it. What remains is, for each element and fetcher,
/// the one event that leads from what the peer was last told to what is true now. Its value is looked up when it is
/// rendered; only the last value of an element that is gone is kept here.
final class Conflation {
    /// What happened to an element, as a fetcher sees it.
    enum Event {
        case add, change, remove
    }

    private struct Key: Hashable {
        let element: UInt64
        let fetcher: UInt64

        init(_ element: Element, _ fetcher: Fetcher) {
            self.element = element.serial
            self.fetcher = fetcher.serial
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
        var event: Event
        /// What stands behind the fetcher's head, when the element is gone.
        var tail: [UInt8]?
    }

    /// The entries in the order in which their elements first changed; `nil` where an entry came to nothing.
    private var entries: [Entry?] = []
    private var places: [Key: Int] = [:]
    /// The entries that tell of a remove, by path: what comes to the path later must not be told of before.
    private var removals: [PathKey: Key] = [:]
    /// How many entries at the front are told already.
    private var told = 0
    private var nothings = 0

    /// How many entries take memory, those that came to nothing included.
    var count: Int { entries.count - told }

    /// Notes an event.
    ///
    /// - Parameter tail: For `remove`: what stands behind the fetcher's head.
    /// - Returns: Whether it replaced another one, which the peer will never hear of.
    func note(_ event: Event, of element: Element, for fetcher: Fetcher, tail: [UInt8]?) -> Bool {
        let key = Key(element, fetcher)
        guard let place = places[key], let earlier = entries[place] else {
            places[key] = entries.count
            entries.append(Entry(fetcher: fetcher, element: element, event: event, tail: tail))
            if event == .remove { removals[PathKey(element.path, fetcher)] = key }
            return false
        }
        guard let event = Self.combined(earlier.event, event) else {
            drop(key, at: place)
            return true
        }
        entries[place]?.event = event
        entries[place]?.tail = tail
        // An element can come back for a fetcher that looks at values, without having been away for others.
        if event == .remove || earlier.event == .remove {
            removals[PathKey(element.path, fetcher)] = event == .remove ? key : nil
        }
        return true
    }

    /// Takes out the remove that waits for this path and fetcher, because what is new there is being told of at once.
    ///
    /// - Returns: What stands behind the fetcher's head.
    func takeRemoval(at path: UnsafeRawBufferPointer, for fetcher: Fetcher) -> [UInt8]? {
        guard !removals.isEmpty, let key = removals.removeValue(forKey: PathKey(path, fetcher)),
            let place = places[key], let entry = entries[place]
        else { return nil }
        drop(key, at: place)
        return entry.tail
    }

    /// The next event to be told.
    func next() -> Entry? {
        if told > 1024, told * 2 > entries.count { pack() }
        while told < entries.count {
            let entry = entries[told]
            entries[told] = nil
            told += 1
            guard let entry else {
                nothings -= 1
                continue
            }
            places[Key(entry.element, entry.fetcher)] = nil
            if entry.event == .remove { removals[PathKey(entry.element.path, entry.fetcher)] = nil }
            if entry.fetcher.isActive { return entry }
        }
        entries = []
        told = 0
        nothings = 0
        return nil
    }

    private func drop(_ key: Key, at place: Int) {
        places[key] = nil
        entries[place] = nil
        nothings += 1
        if nothings > 1024, nothings * 2 > entries.count - told { pack() }
    }

    private func pack() {
        entries = entries[told...].filter { $0 != nil }
        told = 0
        nothings = 0
        places.removeAll(keepingCapacity: true)
        for (place, entry) in entries.enumerated() {
            if let entry { places[Key(entry.element, entry.fetcher)] = place }
        }
    }

    /// The one event that two in a row amount to; `nil` for none at all.
    private static func combined(_ first: Event, _ second: Event) -> Event? {
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
