import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import JetBus

/// A new element finds the fetchers that it is for.
@Suite("Fetch index")
struct FetchIndexTests {
    @Test("10,000 exact and prefix fetchers do not disturb each other")
    func many() {
        let bus = TestBus()
        let owner = bus.connect()
        let viewer = bus.connect()
        for number in 0..<5000 {
            viewer.notify("fetch", ["id": .number(number), "path": ["equals": .string("exact/\(number)")]])
            viewer.notify("fetch", ["id": .number(-1 - number), "path": ["startsWith": .string("prefix/\(number)/")]])
        }
        #expect(bus.statistics.fetchers == 10_000)
        for number in 0..<500 {
            let path = number * 9
            owner.notify("add", ["path": .string("exact/\(path)"), "value": 1])
            owner.notify("add", ["path": .string("prefix/\(path)/x"), "value": 1])
            #expect(
                viewer.received() == [
                    .event(.number(path), "add", "exact/\(path)", 1),
                    .event(.number(-1 - path), "add", "prefix/\(path)/x", 1),
                ])
        }
        for number in 0..<5000 {
            viewer.notify("unfetch", ["id": .number(number)])
            viewer.notify("unfetch", ["id": .number(-1 - number)])
        }
        owner.notify("add", ["path": "exact/1", "value": 1])
        owner.notify("change", ["path": "exact/0", "value": 1])
        #expect(viewer.received() == [])
    }

    @Test("an element is told once to a fetch that reaches it in several ways")
    func once() {
        let bus = TestBus()
        let owner = bus.connect()
        let viewer = bus.connect()
        viewer.ask("fetch", ["id": 1, "path": ["equalsOneOf": ["a", "a", "b", "a"]]])
        viewer.ask("fetch", ["id": 2, "path": ["equals": "a", "equalsOneOf": ["a", "b"], "startsWith": "a"]])
        owner.ask("add", ["path": "a", "value": 1])
        #expect(viewer.received() == [.event(1, "add", "a", 1), .event(2, "add", "a", 1)])
        viewer.ask("fetch", ["id": 3, "path": ["equalsOneOf": ["a", "a"]]])
        #expect(viewer.received() == [.event(3, "add", "a", 1)])
        #expect(viewer.ask("get", ["path": ["equalsOneOf": ["a", "a"]]])?["result"]?.array?.count == 1)
    }

    @Test("the index finds whom a walk would find, whatever comes and goes", arguments: [1, 2, 3] as [UInt64])
    func naively(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func word(_ most: Int) -> String {
            String(
                (0..<Int.random(in: 0...most, using: &random)).map { _ in "abA".randomElement(using: &random) ?? "a" })
        }
        func rule() -> JSON {
            let word = JSON.string(word(3))
            let rules: [JSON] = [
                [:], ["equals": word], ["startsWith": word], ["contains": word], ["endsWith": word, "startsWith": "a"],
                ["equalsOneOf": [word, "a", "ab", "a"]], ["equals": word, "caseInsensitive": true], ["equalsOneOf": []],
            ]
            return rules.randomElement(using: &random) ?? [:]
        }
        let peer = Peer(id: PeerID(index: 0), outboxLimit: 1 << 20)
        var index = FetchIndex(seed: seed)
        let hash = ByteHash(seed: seed)
        var fetchers: [Fetcher] = []
        let text = Array("1".utf8)
        let oneID = FetchID(ByteRange(0, 1), in: text.span.bytes)
        let id = try #require(oneID)
        for step in 0..<3000 {
            if fetchers.count > 40 || Bool.random(using: &random), !fetchers.isEmpty {
                let fetcher = fetchers.remove(at: Int.random(in: 0..<fetchers.count, using: &random))
                fetcher.deactivate()
                index.remove(fetcher)
            } else {
                let path = try PathRule(parsing: rule())
                let fetcher = Fetcher(serial: UInt64(step), peer: peer, id: id, rule: FetchRule(path: path))
                index.insert(fetcher)
                fetchers.append(fetcher)
            }
            let path = Array(("a" + word(3)).utf8)
            var found: [UInt64] = []
            path.withUnsafeBytes {
                let isMatch: (Fetcher, [UInt8]) -> Bool = { fetcher, _ in fetcher.rule.path.matches(path.span.bytes) }
                index.forEach(matching: $0, hash: hash($0), isCostlyMatch: isMatch) { found.append($0.serial) }
            }
            let expected = fetchers.filter { $0.rule.path.matches(path.span.bytes) }.map(\.serial)
            #expect(found.sorted() == expected.sorted(), "seed \(seed), step \(step)")
        }
    }

    @Test("a peer that goes takes very many fetches along, however alike they are")
    func leaving() {
        let bus = TestBus { $0.quotas.fetches = 1 << 20 }
        let owner = bus.connect(), stayer = bus.connect(), leaver = bus.connect()
        stayer.ask("fetch", ["id": "first"])
        // To look at all of them for each one would take minutes.
        for number in 0..<30_000 {
            leaver.notify("fetch", ["id": .number(number), "path": number % 3 == 0 ? ["contains": "a"] : [:]])
        }
        stayer.ask("fetch", ["id": "last", "path": ["contains": "a"]])
        leaver.disconnect()
        #expect(bus.statistics.fetchers == 2)
        owner.ask("add", ["path": "a", "value": 1])
        #expect(stayer.received() == [.event("first", "add", "a", 1), .event("last", "add", "a", 1)])
    }

    @Test("fetches whose snapshots have not begun go with their peer as well")
    func leavingEarly() {
        let bus = TestBus { $0.snapshotChunk = 1 }
        let owner = bus.connect(), leaver = bus.connect()
        owner.ask("add", ["path": "a", "value": 1])
        leaver.isReading = false
        for number in 0..<30_000 { leaver.notify("fetch", ["id": .number(number)]) }
        leaver.disconnect()
        #expect(bus.statistics.fetchers == 0)
        #expect((bus.bus.fetchers.liveInterests, bus.bus.fetchers.deadInterests) == (0, 1))
    }

    // MARK: Interests

    @Test("elements forget fetches that ended before they are too many, and their places are used again")
    func sweep() {
        let bus = TestBus()
        let owner = bus.connect()
        let viewer = bus.connect()
        for path in 0..<500 { owner.notify("add", ["path": .string("\(path)"), "value": 0]) }
        viewer.ask("fetch", ["id": "stays", "path": ["startsWith": "4"]])
        for _ in 0..<50 {
            viewer.ask("fetch", ["id": "f"])
            viewer.ask("unfetch", ["id": "f"])
            #expect(bus.bus.fetchers.deadInterests <= bus.bus.fetchers.liveInterests + 1024)
        }
        #expect(bus.bus.fetchers.liveInterests == 111)
        #expect(bus.bus.fetchers.slotCount <= 5)
        _ = viewer.received()
        for path in 0..<500 { owner.notify("change", ["path": .string("\(path)"), "value": 1]) }
        let received = viewer.received()
        #expect(received.count == 111)
        #expect(received.allSatisfy { $0["method"] == "stays" })
        // A change makes its element forget what ended.
        #expect(bus.bus.fetchers.deadInterests == 0)
    }

    @Test("what is counted of interests agrees with what elements know, whatever ends first")
    func interestCounts() {
        let bus = TestBus()
        let owner = bus.connect()
        let peers = (0..<5).map { _ in bus.connect() }
        for path in 0..<50 { owner.notify("add", ["path": .string("\(path)"), "value": 0]) }
        for peer in peers { for id in 0..<10 { peer.notify("fetch", ["id": .number(id)]) } }
        #expect(bus.bus.fetchers.liveInterests == 2500)
        for path in 0..<25 { owner.notify("remove", ["path": .string("\(path)")]) }
        #expect(bus.bus.fetchers.liveInterests == 1250)
        for id in 0..<5 { peers[0].notify("unfetch", ["id": .number(id)]) }
        #expect((bus.bus.fetchers.liveInterests, bus.bus.fetchers.deadInterests) == (1125, 125))
        for peer in peers { peer.disconnect() }
        owner.disconnect()
        #expect((bus.bus.fetchers.liveInterests, bus.bus.fetchers.deadInterests) == (0, 0))
        #expect(bus.bus.fetchers.takenSlots == 0)
    }
}
