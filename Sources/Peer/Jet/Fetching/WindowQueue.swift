/// How a sorted window waits: as it is now. A consumer that is slow misses the windows in between.
struct WindowQueue: FeedQueue {
    /// The first place of the window.
    private let from: Int
    /// The window as it is now.
    private(set) var entries: [SortedNotice.Change] = []
    /// The window that the consumer took last; `nil` before the first.
    private var taken: [SortedNotice.Change]?
    /// Whether anything has come since.
    private var isNews = false

    init(from: Int) { self.from = max(from, 1) }

    mutating func removeAll() { self = WindowQueue(from: from) }

    /// Drops what lies beyond the end and puts each change in its place. The daemon never leaves a place empty; a
    /// change that would, because something other than a daemon talks, is left out.
    mutating func append(_ notice: SortedNotice) {
        if notice.count < entries.count { entries.removeLast(entries.count - notice.count) }
        for change in notice.changes where change.index >= from {
            let place = change.index - from
            guard place < notice.count else { break }
            if place < entries.count {
                entries[place] = change
            } else if place == entries.count {
                entries.append(change)
            }
        }
        isNews = true
    }

    /// The window, unless it is as it was when it was taken last: so a reconnect that changed nothing goes unnoticed.
    mutating func popFirst() -> [SortedNotice.Change]? {
        guard isNews else { return nil }
        isNews = false
        guard entries != taken else { return nil }
        taken = entries
        return entries
    }
}
