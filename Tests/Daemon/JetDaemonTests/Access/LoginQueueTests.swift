import Testing

@testable import JetDaemon

/// In which order passwords are checked. Times are handed in, in nanoseconds.
@Suite("Logins: the order of checks")
struct LoginQueueTests {
    typealias Queue = LoginQueue<String>
    private static let second: UInt64 = 1_000_000_000

    private func key(_ source: String, _ user: String) -> Queue.Key { .init(source: source, user: user) }

    @Test("one check runs at a time, and the next begins when it has ended")
    func oneAtATime() {
        var queue = Queue()
        _ = queue.add("first", key("a", "john"))
        _ = queue.add("second", key("b", "john"))
        #expect(queue.next(at: 0) == "first")
        #expect(queue.next(at: 0) == nil && queue.isChecking)
        queue.finish(isRight: true, at: 0)
        #expect(queue.next(at: 0) == "second")
    }

    @Test("an honest login is next, however many wrong passwords of somebody else wait")
    func honest() {
        var queue = Queue()
        for number in 0..<16 { _ = queue.add("wrong \(number)", key("attacker", "john")) }
        #expect(queue.next(at: 0) == "wrong 0")
        _ = queue.add("honest", key("john's", "john"))
        queue.finish(isRight: false, at: 0)
        #expect(queue.next(at: 0) == "honest")
    }

    @Test("beside an attacker with many names and accounts, an honest login waits for one check of each other account")
    func manyKeys() {
        var queue = Queue()
        for source in 0..<4 {
            for user in 0..<50 { _ = queue.add("\(source)", key("attacker \(source)", "user \(user)")) }
        }
        for _ in 0..<20 {
            _ = queue.next(at: 0)
            queue.finish(isRight: false, at: 0)
        }
        _ = queue.add("honest", key("john's", "john"))
        var before: [String] = []
        while let request = queue.next(at: 0), request != "honest" {
            before.append(request)
            queue.finish(isRight: false, at: 0)
        }
        #expect(before.count == Set(before).count && before.count <= 4)
    }

    @Test("an attacker that comes back immediately does not come before one who waits")
    func comingBack() {
        var queue = Queue(firstDelay: 0)
        _ = queue.add("attacker", key("attacker", "a"))
        #expect(queue.next(at: 0) == "attacker")
        _ = queue.add("honest", key("honest", "b"))
        _ = queue.add("attacker", key("attacker", "c"))
        queue.finish(isRight: true, at: 0)
        #expect(queue.next(at: 0) == "honest")
    }

    @Test("accounts take turns, and so do the names that one of them tries")
    func turns() {
        var queue = Queue()
        for (request, source, user) in [
            ("a john 1", "a", "john"), ("a john 2", "a", "john"), ("a ops", "a", "ops"), ("b john 1", "b", "john"),
            ("b john 2", "b", "john"),
        ] { _ = queue.add(request, key(source, user)) }
        var order: [String] = []
        while let request = queue.next(at: 0) {
            order.append(request)
            queue.finish(isRight: true, at: 0)
        }
        #expect(order == ["a john 1", "b john 1", "a ops", "b john 2", "a john 2"])
    }

    @Test("after wrong passwords the next try waits 0.25 s, doubling to 16 s, and not at all after a right one")
    func delays() {
        var queue = Queue()
        var now: UInt64 = 0
        var waits: [Double] = []
        for _ in 0..<10 {
            _ = queue.add("john", key("a", "john"))
            let time = queue.nextTime(at: now) ?? 0
            waits.append(Double(max(time, now) - now) / Double(Self.second))
            if time > now { #expect(queue.next(at: time - 1) == nil) }
            now = max(time, now)
            #expect(queue.next(at: now) == "john")
            queue.finish(isRight: false, at: now)
        }
        #expect(waits == [0, 0.25, 0.5, 1, 2, 4, 8, 16, 16, 16])
        _ = queue.add("john", key("a", "john"))
        now += 16 * Self.second
        #expect(queue.next(at: now) == "john")
        queue.finish(isRight: true, at: now)
        _ = queue.add("john", key("a", "john"))
        #expect(queue.next(at: now) == "john")
    }

    @Test("wrong passwords are forgotten after ten minutes")
    func memory() {
        var queue = Queue()
        for _ in 0..<8 {
            _ = queue.add("john", key("a", "john"))
            #expect(queue.next(at: 1000 * Self.second) != nil || queue.nextTime(at: 0) != nil)
            queue.finish(isRight: false, at: 0)
        }
        _ = queue.add("john", key("a", "john"))
        #expect(queue.next(at: 600 * Self.second) == "john")
        queue.finish(isRight: false, at: 600 * Self.second)
        _ = queue.add("john", key("a", "john"))
        #expect((queue.nextTime(at: 600 * Self.second) ?? 0) == 600 * Self.second + Self.second / 4)
    }

    @Test("wrong passwords for one name delay neither another name nor another account")
    func others() {
        var queue = Queue()
        _ = queue.add("wrong", key("a", "john"))
        _ = queue.next(at: 0)
        queue.finish(isRight: false, at: 0)
        _ = queue.add("same", key("a", "john"))
        _ = queue.add("name", key("a", "ops"))
        #expect(queue.next(at: 0) == "name")
        queue.finish(isRight: true, at: 0)
        _ = queue.add("account", key("b", "john"))
        #expect(queue.next(at: 0) == "account")
        queue.finish(isRight: true, at: 0)
        #expect(queue.next(at: 0) == nil)
    }

    @Test("16 requests of a key wait, and the next one is refused until one has had its turn")
    func bounded() {
        var queue = Queue()
        let added = (0...16).map { queue.add("\($0)", key("a", "john")) }
        #expect(added == [Bool](repeating: true, count: 16) + [false])
        let other = queue.add("other", key("a", "ops"))
        #expect(other)
        #expect(queue.next(at: 0) == "0")
        let another = queue.add("16", key("a", "john"))
        #expect(another)
    }

    @Test("4,096 keys with wrong passwords are remembered; the oldest is forgotten for one more")
    func keyLimit() {
        var queue = Queue()
        for number in 0...4096 {
            _ = queue.add("wrong", key("a", "\(number)"))
            _ = queue.next(at: UInt64(number))
            queue.finish(isRight: false, at: UInt64(number))
        }
        _ = queue.add("oldest", key("a", "0"))
        #expect(queue.next(at: 4096) == "oldest")
        queue.finish(isRight: nil, at: 4096)
        _ = queue.add("second", key("a", "1"))
        #expect(queue.next(at: 4096) == nil)
    }
}
