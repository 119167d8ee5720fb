import TestSupport
import Testing

@testable import Jet

@Suite("Windows that wait")
struct SortedQueueTests {
    private func change(_ index: Int, _ path: String, _ value: Int = 0) -> SortedNotice.Change {
        SortedNotice.Change(index: index, path: path, value: Array("\(value)".utf8))
    }

    private func paths(_ window: [SortedNotice.Change]?) -> [String]? { window?.map { "\($0.index) \($0.path)" } }

    @Test("a window takes changes in their places and loses what lies beyond its end")
    func window() {
        var queue = WindowQueue(from: 1)
        #expect(queue.popFirst() == nil, "nothing is known yet")
        queue.append(SortedNotice(count: 3, changes: [change(1, "a"), change(2, "b"), change(3, "c")]))
        #expect(paths(queue.popFirst()) == ["1 a", "2 b", "3 c"])
        #expect(queue.popFirst() == nil)
        queue.append(SortedNotice(count: 2, changes: []))
        #expect(paths(queue.popFirst()) == ["1 a", "2 b"])
        queue.append(SortedNotice(count: 2, changes: [change(1, "b"), change(2, "d")]))
        #expect(paths(queue.popFirst()) == ["1 b", "2 d"])
        queue.append(SortedNotice(count: 0, changes: []))
        #expect(queue.popFirst() == [])
    }

    @Test("a window that is moved begins with nothing at its new place; another total is news")
    func moved() {
        var queue = WindowQueue(from: 1)
        queue.append(SortedNotice(count: 2, changes: [change(1, "a"), change(2, "b")], total: 9, from: 1))
        #expect(paths(queue.popFirst()) == ["1 a", "2 b"])
        queue.append(SortedNotice(count: 2, changes: [change(7, "x"), change(8, "y")], total: 9, from: 7))
        #expect(paths(queue.popFirst()) == ["7 x", "8 y"])
        queue.append(SortedNotice(count: 2, changes: [], total: 8, from: 7))
        #expect(paths(queue.popFirst()) == ["7 x", "8 y"])
        #expect(queue.total == 8)
        queue.append(SortedNotice(count: 2, changes: [], total: 8, from: 7))
        #expect(queue.popFirst() == nil)
    }

    @Test("an empty window is a window: the first one comes even so")
    func empty() {
        var queue = WindowQueue(from: 1)
        queue.append(SortedNotice(count: 0, changes: []))
        #expect(queue.popFirst() == [])
    }

    @Test("a window that begins further down counts its places from there")
    func further() {
        var queue = WindowQueue(from: 11)
        queue.append(SortedNotice(count: 2, changes: [change(11, "a"), change(12, "b")]))
        #expect(paths(queue.popFirst()) == ["11 a", "12 b"])
        queue.append(SortedNotice(count: 2, changes: [change(1, "x"), change(12, "c")]))
        #expect(paths(queue.popFirst()) == ["11 a", "12 c"], "what is not in the window is left out")
    }

    @Test("a slow consumer gets the newest window, and none that equals the last one")
    func newest() {
        var queue = WindowQueue(from: 1)
        for value in 1...100 { queue.append(SortedNotice(count: 1, changes: [change(1, "a", value)])) }
        #expect(queue.popFirst() == [change(1, "a", 100)])
        queue.append(SortedNotice(count: 1, changes: [change(1, "a", 7)]))
        queue.append(SortedNotice(count: 1, changes: [change(1, "a", 100)]))
        #expect(queue.popFirst() == nil, "it is as it was")
    }

    @Test("numbers that no daemon sends cost neither memory nor more than themselves")
    func hostile() {
        var queue = WindowQueue(from: 1)
        queue.append(
            SortedNotice(
                count: .max,
                changes: [
                    change(.min, "x"), change(0, "x"), change(1, "a"), change(3, "a gap"), change(.max, "far away"),
                ]))
        #expect(paths(queue.popFirst()) == ["1 a"])
        var merging = SortedQueue(.newest, from: 1)
        merging.append(SortedNotice(count: .max, changes: [change(.min, "x"), change(.max, "far away")]))
        merging.append(SortedNotice(count: 1, changes: [change(1, "a")]))
        #expect(merging.popFirst() == SortedNotice(count: 1, changes: [change(1, "a")]))
    }

    @Test("changes that wait, all or merged into one, lead to the same window", arguments: [1, 4] as [Int])
    func merged(from: Int) {
        var generator = SeededGenerator(seed: 11)
        var all = SortedQueue(.all, from: from)
        var newest = SortedQueue(.newest, from: from)
        var (byAll, byNewest) = (WindowQueue(from: from), WindowQueue(from: from))
        var truth: [Int] = []
        for step in 0..<5000 {
            let old = truth
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: truth.insert(step, at: Int.random(in: 0...truth.count, using: &generator))
            case 1 where !truth.isEmpty: truth.remove(at: Int.random(in: 0..<truth.count, using: &generator))
            default: truth.shuffle(using: &generator)
            }
            if truth.count > 8 { truth.removeLast(truth.count - 8) }
            // What a daemon would tell of this.
            let changes = truth.indices.filter { $0 >= old.count || truth[$0] != old[$0] }
                .map { change($0 + from, "\(truth[$0])") }
            let notice = SortedNotice(count: truth.count, changes: changes)
            all.append(notice)
            newest.append(notice)
            guard Int.random(in: 0..<4, using: &generator) == 0 else { continue }
            while let notice = all.popFirst() { byAll.append(notice) }
            while let notice = newest.popFirst() {
                #expect(notice.changes.count <= 8, "bounded by the window")
                byNewest.append(notice)
            }
            let expected = truth.enumerated().map { "\($0.offset + from) \($0.element)" }
            #expect(paths(byAll.entries) == expected)
            #expect(paths(byNewest.entries) == expected)
        }
    }
}
