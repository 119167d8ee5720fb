/// How the notifications of a sorted fetch wait: all of them, or merged into one.
struct SortedQueue: FeedQueue {
    private let buffering: FetchBuffering
    /// The first place of the window.
    private let from: Int
    /// What waits, oldest first, from `head` on.
    private var notices: [SortedNotice] = []
    private var head = 0

    init(_ buffering: FetchBuffering, from: Int) {
        self.buffering = buffering
        self.from = max(from, 1)
    }

    mutating func removeAll() { self = SortedQueue(buffering, from: from) }

    mutating func append(_ notice: SortedNotice) {
        if buffering == .newest, let waiting = notices.last {
            notices[notices.count - 1] = waiting.followed(by: notice, from: from)
        } else {
            notices.append(notice)
        }
    }

    mutating func popFirst() -> SortedNotice? {
        guard head < notices.count else { return nil }
        let notice = notices[head]
        head += 1
        if head == notices.count || head >= 1024 && head * 2 >= notices.count {
            notices.removeFirst(head)
            head = 0
        }
        return notice
    }
}

extension SortedNotice {
    /// The one notice that does to a window what this one and then `next` do: it is no larger than the window.
    fileprivate func followed(by next: SortedNotice, from: Int) -> SortedNotice {
        let renewed = Set(next.changes.map(\.index))
        // An older change beyond the end is of an element that has left; if the window grows, the daemon sends its
        // place again.
        let older = changes.filter {
            $0.index >= from && $0.index - from < next.count && !renewed.contains($0.index)
        }
        return SortedNotice(
            count: next.count, changes: (older + next.changes).sorted { $0.index < $1.index }, total: next.total)
    }
}
