import Glibc
import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// jet-protocol(7) §7.7: peers are charged to accounts, and quotas divide what is left.
@Suite("jet-protocol(7) §7.7: accounts and quotas")
struct AccountTests {
    static let request = #"{"id":"login","method":"authenticate","params":{"user":"john","password":"p"}}"#

    private func refusal(_ limit: String, max: Int, used: Int, _ account: String) -> JSON {
        .error(
            -32010, "Limit exceeded",
            ["limit": .string(limit), "max": .number(max), "used": .number(used), "account": .string(account)])
    }

    // MARK: Who is charged

    @Test("a peer is charged to the system's user, else to its login, else to its address")
    func names() {
        var remote = Credentials()
        remote.address = "192.0.2.7"
        var local = Credentials(userID: 1000)
        local.address = "127.0.0.1"
        #expect("\(AccountName(Credentials(), user: nil))" == "unknown")
        #expect("\(AccountName(remote, user: nil))" == "address 192.0.2.7")
        #expect("\(AccountName(remote, user: "john"))" == "user john")
        #expect("\(AccountName(local, user: "john"))" == "uid 1000")
    }

    @Test("at its login a peer takes what it has to the user's account, unless the system's user is known")
    func login() throws {
        let bus = TestBus {
            $0.hasUsers = true
            $0.quotas.elements = 100
        }
        var credentials = Credentials()
        credentials.address = "192.0.2.7"
        let peer = bus.connect(credentials: credentials)
        let local = bus.connect(credentials: Credentials(userID: 1000))
        for peer in [peer, local] {
            peer.ask("add", ["path": .string("\(peer.id.index)"), "value": 1])
            peer.send(Self.request)
        }
        bus.answerAll(with: .wrongPassword)
        #expect(peer.account.name == .address("192.0.2.7") && peer.account.usage.elements == 1)
        for peer in [peer, local] { peer.send(Self.request) }
        bus.answerAll(with: .granted(Groups()))
        #expect(peer.account.name == .login("john") && peer.account.usage.elements == 1)
        #expect(local.account.name == .userID(1000) && local.account.usage.elements == 1)
        var names: [String] = []
        bus.bus.accounts.forEach { names.append("\($0.name)") }
        #expect(names.sorted() == ["uid 1000", "user john"])
        #expect(bus.recount() == nil)
    }

    // MARK: Quotas

    @Test("one account gets half, the next one half of the rest, and the administrator what is reserved")
    func division() {
        let bus = TestBus { $0.quotas.elements = 64 }
        let peers = (1...3).map { bus.connect(credentials: Credentials(userID: $0)) }
        let root = bus.connect(credentials: Credentials(userID: 0))
        let counts = (peers + [root]).enumerated().map { number, peer in
            (0..<100).filter { peer.ask("add", ["path": .string("\(number)/\($0)")]) == .done }.count
        }
        #expect(counts == [30, 15, 7, 12])
        #expect(peers[0].ask("add", ["path": "x"]) == refusal("elements", max: 13, used: 30, "uid 1"))
        #expect(root.ask("add", ["path": "x"]) == refusal("elements", max: 12, used: 12, "uid 0"))
        peers[1].disconnect()
        #expect(peers[2].ask("add", ["path": "x"]) == .done)
    }

    @Test("more connections of one account get nothing more")
    func connections() {
        let bus = TestBus { $0.quotas.elements = 20 }
        let peers = (0..<5).map { _ in bus.connect(credentials: Credentials(userID: 7)) }
        let added = (0..<50).filter { peers[$0 % 5].ask("add", ["path": .string("\($0)")]) == .done }
        #expect(added.count == 9)
    }

    @Test("configured limits replace the division")
    func limits() {
        let bus = TestBus { $0.quotas.elements = 4 }
        var limits = Quotas.Limits()
        limits.elements = 3
        let peer = bus.connect(credentials: Credentials(userID: 7), limits: limits)
        let added = (0..<10).filter { peer.ask("add", ["path": .string("\($0)")]) == .done }
        #expect(added.count == 3)
        #expect(peer.ask("add", ["path": "x"]) == refusal("elements", max: 3, used: 3, "uid 7"))
        #expect(peer.account.refused == 8)
    }

    @Test("values that are too large are refused, and a change that is refused leaves the value")
    func bytes() {
        let bus = TestBus { $0.quotas.bytes = 64 << 10 }
        let peer = bus.connect()
        let large = JSON.string(String(repeating: "x", count: 20 << 10))
        let answer = peer.ask("add", ["path": "a", "value": .string(String(repeating: "x", count: 40 << 10))])
        #expect(answer == refusal("bytes", max: 30 << 10, used: 0, "unknown"))
        #expect(peer.ask("add", ["path": "a", "value": large]) == .done)
        #expect(peer.ask("add", ["path": "b", "value": 1]) == .done)
        let refused = peer.ask("change", ["path": "b", "value": large])
        #expect(refused?["error"]?["data"]?["limit"] == "bytes")
        #expect(peer.ask("get", ["path": ["equals": "b"]]) == .result([.entry("add", "b", 1)]))
        #expect(peer.ask("change", ["path": "a", "value": 1]) == .done)
        #expect(peer.ask("change", ["path": "b", "value": large]) == .done)
        #expect(bus.recount() == nil)
    }

    @Test("an element is charged with about as much memory as malloc takes for it", arguments: [1, 20, 300, 5000])
    func elementSize(count: Int) throws {
        let bus = TestBus()
        let peer = bus.connect()
        for (path, first) in [("short", 1), (String(repeating: "long/", count: 40), count)] {
            peer.ask("add", ["path": .string(path), "value": .string(String(repeating: "x", count: first))])
            peer.ask("change", ["path": .string(path), "value": .string(String(repeating: "x", count: count))])
            let element = try #require(bus.bus.peer(peer.id)?.owned.last)
            // The module of the C library does not have it.
            typealias UsableSize = @convention(c) (UnsafeMutableRawPointer) -> Int
            let usableSize = unsafeBitCast(try #require(dlsym(nil, "malloc_usable_size")), to: UsableSize.self)
            let memory = element.toOpaque()
            let value = element.takeUnretainedValue().value.bytes
            var size = usableSize(memory) + 8
            if let base = UnsafeMutableRawPointer(mutating: value.baseAddress), base < memory || base > memory + size {
                size += usableSize(base) + 8
            }
            // Beside it, there are its places in the index, in the table and in the owner's list: 8, 8 and 8 bytes, with
            // half as much again for what is reserved.
            size += 36
            let charged = element.takeUnretainedValue().size
            #expect(abs(charged - size) * 5 < size, "\(charged) instead of \(size)")
        }
    }

    @Test("fetches and the bytes of their rules are limited")
    func fetches() {
        let bus = TestBus {
            $0.quotas.fetches = 10
            $0.quotas.ruleBytes = 64 << 10
        }
        let peer = bus.connect()
        for id in 1...4 { #expect(peer.ask("fetch", ["id": .number(id)]) == .done) }
        #expect(peer.ask("fetch", ["id": "more"])?["error"]?["code"] == nil)
        #expect(peer.ask("fetch", ["id": "most"]) == refusal("fetches", max: 5, used: 5, "unknown"))
        #expect(peer.ask("unfetch", ["id": 1]) == .done)
        let words = JSON.array((0..<900).map { .string("a long string that is looked for, number \($0)") })
        let answer = peer.ask("fetch", ["id": "long", "path": ["containsOneOf": words]])
        #expect(answer?["error"]?["data"]?["limit"] == "ruleBytes")
        #expect(peer.ask("fetch", ["id": "short"]) == .done)
        #expect(bus.recount() == nil)
    }

    @Test("requests that wait are limited for all peers of an account")
    func pendingRequests() {
        let bus = TestBus { $0.quotas.pendingRequests = 8 }
        let owner = bus.connect(credentials: Credentials(userID: 1))
        let peers = (0..<2).map { _ in bus.connect(credentials: Credentials(userID: 2)) }
        owner.ask("add", ["path": "m"])
        let answers = (0..<6).map { peers[$0 % 2].ask("call", ["path": "m"]) }
        #expect(
            answers == [nil, nil, nil, nil]
                + Array(repeating: refusal("pendingRequests", max: 4, used: 4, "uid 2"), count: 2))
        owner.answer(owner.takeRouted(), ["result": 1])
        #expect(peers[0].ask("call", ["path": "m"]) == nil)
        #expect(bus.recount() == nil)
    }

    @Test("a refusal is warned of with the account, and counted for the peer")
    func warning() {
        let bus = TestBus { $0.quotas.elements = 2 }
        let peer = bus.connect(credentials: Credentials(userID: 7))
        for path in ["a", "b", "c"] { peer.ask("add", ["path": .string(path)]) }
        #expect(
            Array(bus.bus.takeWarnings()) == [
                .init(
                    peer: peer.id, account: .userID(7), kind: .limitExceeded("elements", max: 1), isClosed: false)
            ])
        #expect(bus.bus.peer(peer.id)?.refused == 2)
    }

    // MARK: Unread output

    @Test("an account with too much unread output has its notifications conflated from a small size on")
    func unread() {
        let bus = TestBus { $0.quotas.unreadBytes = 1 << 20 }
        let owner = bus.connect(credentials: Credentials(userID: 1))
        let slow = (0..<3).map { _ in bus.connect(credentials: Credentials(userID: 2)) }
        let other = bus.connect(credentials: Credentials(userID: 3))
        owner.ask("add", ["path": "a", "value": 1])
        for peer in slow + [other] {
            peer.ask("fetch", ["id": "f"])
            peer.isReading = false
        }
        let value = JSON.string(String(repeating: "x", count: 30 << 10))
        func outboxes(_ peers: [TestPeer]) -> [Int] { peers.map { bus.bus.peer($0.id)?.output.count ?? 0 } }
        for _ in 0..<12 { owner.ask("change", ["path": "a", "value": value]) }
        // 15/32 of 1 MiB, and for each peer one step of 64 KiB and a value.
        #expect(outboxes(slow).reduce(0, +) < 800 << 10)
        #expect(outboxes(slow).allSatisfy { $0 > 64 << 10 })
        #expect(outboxes([other])[0] > 200 << 10, "another account may still have more than these")
        #expect(bus.recount() == nil)
        // Who reads has the newest value in the end.
        for peer in slow {
            peer.readAll()
            #expect(peer.received().last == .event("f", "change", "a", value))
        }
        #expect(bus.recount() == nil)
        #expect(slow[0].account.usage.unreadBytes == 0)
    }

    @Test("a large value is charged to each peer in the turn in which it is sent")
    func largeValue() {
        let bus = TestBus { $0.quotas.unreadBytes = 4 << 20 }
        let owner = bus.connect(credentials: Credentials(userID: 1))
        let slow = (0..<50).map { _ in bus.connect(credentials: Credentials(userID: 2)) }
        owner.ask("add", ["path": "a", "value": 1])
        for peer in slow {
            peer.ask("fetch", ["id": "f"])
            peer.isReading = false
        }
        let value = JSON.string(String(repeating: "x", count: 1 << 20))
        let change: JSON = ["method": "change", "params": ["path": "a", "value": value]]
        owner.send([change, change, change])
        // Each outbox takes one, as it was empty, and no more.
        let sizes = slow.map { bus.bus.peer($0.id)?.output.count ?? 0 }
        #expect(sizes.allSatisfy { $0 < 3 << 19 })
        #expect(bus.recount() == nil)
    }

    @Test("a peer that asks and does not read is not read when its account has too much unread output")
    func paused() {
        let bus = TestBus { $0.quotas.unreadBytes = 1 << 20 }
        let peers = (0..<10).map { _ in bus.connect(credentials: Credentials(userID: 2)) }
        let text = JSON.string(String(repeating: "x", count: 70 << 10))
        for peer in peers {
            peer.isReading = false
            peer.notify("echo", text)
            peer.send(["id": 1, "method": "echo", "params": text])
        }
        #expect(peers.filter(\.isPaused).count > 2)
        for peer in peers { peer.readAll() }
        #expect(peers.filter(\.isPaused).isEmpty)
        #expect(bus.recount() == nil)
    }

    @Test("who does not read while very much is conflated for it is closed")
    func conflated() {
        let bus = TestBus {
            $0.quotas.unreadBytes = 1 << 20
            $0.outboxLimit = 64 << 10
        }
        let owner = bus.connect(credentials: Credentials(userID: 1))
        let slow = bus.connect(credentials: Credentials(userID: 2))
        slow.ask("fetch", ["id": "f"])
        slow.isReading = false
        for index in 0..<20_000 where !slow.isClosing { owner.ask("add", ["path": .string("\(index)"), "value": 1]) }
        #expect(slow.isClosing)
        slow.read()
        #expect(slow.received().last?["error"]?["data"]?["limit"] == "unreadBytes")
        #expect(bus.recount() == nil)
    }

    // MARK: Interests

    @Test("a fetch that names more elements than its account has memory for is closed, and no other peer")
    func interests() {
        let bus = TestBus { $0.quotas.bytes = 1 << 20 }
        var limits = Quotas.Limits()
        limits.bytes = 1 << 20
        let owner = bus.connect(credentials: Credentials(userID: 1), limits: limits)
        let peers = (2...3).map { bus.connect(credentials: Credentials(userID: $0)) }
        for index in 0..<1000 { owner.ask("add", ["path": .string("\(index)"), "value": 1]) }
        #expect(peers[1].ask("fetch", ["id": "f"]) == .done)
        for id in 0..<100 where !peers[0].isClosing { peers[0].ask("fetch", ["id": .number(id)]) }
        #expect(peers.map(\.isClosing) == [true, false])
        #expect(bus.recount() == nil)
    }
}

extension TestPeer {
    /// The account that it is charged to.
    var account: Account { bus.bus.peer(id)?.account ?? Account(.unknown, Quotas.Limits()) }
}
