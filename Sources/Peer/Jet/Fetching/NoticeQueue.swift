/// How plain notifications wait: all of them, or of each element's changes only the newest.
struct NoticeQueue: FeedQueue {
    private let buffering: FetchBuffering
    /// What waits, oldest first, from `head` on.
    private var notices: [Notice?] = []
    private var head = 0
    /// With `.newest`: where the newest notice about a path waits.
    private var position: [PathKey: Int] = [:]

    init(_ buffering: FetchBuffering) { self.buffering = buffering }

    /// How many notices wait.
    var count: Int { notices.count - head }

    mutating func removeAll() { self = NoticeQueue(buffering) }

    mutating func append(_ notice: Notice) {
        if buffering == .newest, merge(notice) { return }
        if buffering == .newest { position[PathKey(notice.path)] = notices.count }
        notices.append(notice)
    }

    /// Lets a notice replace the one about the same element that waits; `false` if it must wait separately.
    private mutating func merge(_ notice: Notice) -> Bool {
        let key = PathKey(notice.path)
        guard let index = position[key], index >= head, let waiting = notices[index] else { return false }
        switch (waiting.kind, notice.kind) {
        case (.add, .change), (.change, .change):
            notices[index]?.value = notice.value
            return true
        case (.change, .remove):
            notices[index] = notice
            return true
        default:
            return false
        }
    }

    mutating func popFirst() -> Notice? {
        guard head < notices.count, let notice = notices[head] else { return nil }
        notices[head] = nil
        if !position.isEmpty, position[PathKey(notice.path)] == head { position[PathKey(notice.path)] = nil }
        head += 1
        if head == notices.count {
            notices.removeAll(keepingCapacity: head <= 1024)
            head = 0
        } else if head >= 1024, head * 2 >= notices.count {
            notices.removeFirst(head)
            if !position.isEmpty { position = position.mapValues { $0 - head } }
            head = 0
        }
        return notice
    }
}
