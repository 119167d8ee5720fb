/// How a sorted window waits: as it is now. A consumer that is slow misses the windows in between.
struct WindowQueue: FeedQueue {
    /// The first place of the window.
    private var from: Int
    /// The window as it is now.
    private(set) var entries: [SortedNotice.Change] = []
    /// The window that the consumer took last; `nil` before the first.
    private var taken: [SortedNotice.Change]?
    /// How many elements satisfy the rule, if the rule asks for it; and what that was when the consumer took a window last.
    private(set) var total: Int?
    private var takenTotal: Int?
    /// Whether anything has come since.
    private var isNews = false

    init(from: Int) { self.from = max(from, 1) }

    mutating func removeAll() { self = WindowQueue(from: from) }

    /// Drops what lies beyond the end and puts each change in its place. The daemon never leaves a place empty; a
    /// change that would, because something other than a daemon talks, is left out.
    mutating func append(_ notice: SortedNotice) {
        if let first = notice.from, first != from {
            // The window was moved: what comes now is all of it.
            from = first
            entries = []
        }
        total = notice.total
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
        guard entries != taken || total != takenTotal else { return nil }
        taken = entries
        takenTotal = total
        return entries
    }
}
