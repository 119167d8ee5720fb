import TestSupport
import Testing

@testable import Jet

@Suite("Feeds", .timeLimit(.minutes(1)))
struct FeedTests {
    private func notice(_ kind: FetchEventKind, _ path: String, _ value: Int = 0) -> Notice {
        Notice(kind: kind, path: path, value: Array("\(value)".utf8))
    }

    /// What waits, in words.
    private func all(_ feed: Feed<NoticeQueue>) async throws -> [String] {
        feed.finish(nil)
        var words: [String] = []
        while let notice = try await feed.next() {
            words.append("\(notice.kind) \(notice.path) \(String(decoding: notice.value ?? [], as: UTF8.self))")
        }
        return words
    }

    @Test("everything waits, in order, by default")
    func everything() async throws {
        let feed = Feed(NoticeQueue(.all))
        for value in 0..<5000 { feed.receive(notice(.change, "a", value)) }
        #expect(try await all(feed) == (0..<5000).map { "change a \($0)" })
        #expect(try await feed.next() == nil)
    }

    @Test("newest: changes that wait give way to the newest; comings and goings stay")
    func newest() async throws {
        let feed = Feed(NoticeQueue(.newest))
        feed.receive(notice(.add, "a", 1))
        feed.receive(notice(.add, "b", 1))
        feed.receive(notice(.change, "a", 2))
        feed.receive(notice(.change, "a", 3))
        #expect(try await feed.next() == notice(.add, "a", 3))
        feed.receive(notice(.change, "a", 4))
        feed.receive(notice(.change, "a", 5))
        feed.receive(notice(.remove, "a", 5))
        feed.receive(notice(.add, "a", 6))
        feed.receive(notice(.change, "a", 7))
        #expect(try await all(feed) == ["add b 1", "remove a 5", "add a 7"])
    }

    @Test("newest: a consumer that applies what it gets ends with the truth, whatever happens: 20,000 seeded steps")
    func newestModel() async throws {
        var generator = SeededGenerator(seed: 5)
        let feed = Feed(NoticeQueue(.newest))
        var truth: [String: Int] = [:]
        var seen: [String: Int] = [:]
        func apply(_ notice: Notice) {
            let value = Int(String(decoding: notice.value ?? [], as: UTF8.self))
            switch notice.kind {
            case .add:
                #expect(seen[notice.path] == nil)
                seen[notice.path] = value
            case .change:
                #expect(seen[notice.path].map { $0 < value ?? 0 } == true, "known, and never older")
                seen[notice.path] = value
            case .remove:
                #expect(seen[notice.path] != nil)
                seen[notice.path] = nil
            }
        }
        for step in 0..<20_000 {
            let path = "\(Int.random(in: 0..<3000, using: &generator))"
            if truth[path] == nil {
                truth[path] = step
                feed.receive(notice(.add, path, step))
            } else if Int.random(in: 0..<10, using: &generator) == 0 {
                feed.receive(notice(.remove, path, truth[path] ?? 0))
                truth[path] = nil
            } else {
                truth[path] = step
                feed.receive(notice(.change, path, step))
            }
            // A consumer that mostly sleeps, and never quite catches up.
            guard Int.random(in: 0..<200, using: &generator) == 0 else { continue }
            for _ in 0..<Int.random(in: 0...feed.look(\.count), using: &generator) {
                if let next = try await feed.next() { apply(next) }
            }
        }
        feed.finish(nil)
        while let next = try await feed.next() { apply(next) }
        #expect(seen == truth)
    }

    @Test("an error comes after what waits; then, and for whoever comes later, there is nothing but it")
    func failure() async throws {
        let feed = Feed(NoticeQueue(.all))
        feed.receive(notice(.add, "a"))
        feed.finish(JetError(.notConnected, "lost"))
        feed.receive(notice(.add, "late"))
        #expect(try await feed.next()?.path == "a")
        for _ in 0..<2 {
            let error = await #expect(throws: JetError.self) { try await feed.next() }
            #expect(error?.code == .notConnected)
        }
    }

    @Test("reopened, it begins anew: what waited is forgotten")
    func reopened() async throws {
        let feed = Feed(NoticeQueue(.newest))
        feed.receive(notice(.add, "a", 1))
        feed.finish(nil)
        feed.reopen()
        feed.receive(notice(.add, "a", 2))
        #expect(try await all(feed) == ["add a 2"])
    }
}
