import JSONText
import TestSupport
import Testing

@testable import JetBus

/// Fetches that are not told everything at once, `interval` and `max`, of a peer that reads when it likes: whatever
/// happens, it is told nothing that cannot be, and when time has passed and it has read, it knows the truth.
@Suite("interval and max, at random, for a slow peer")
struct DeferringModelTests {
    /// A fetch and what its peer knows by it.
    private struct Fetch {
        let max: Int?
        let isSorted: Bool
        let least: Int?
        var known: [String: JSON] = [:]
        var window: [JSON] = []
        /// Where the window of a sorted fetch begins and ends.
        var from = 1
        var to = 100
        /// The total that it was sent last, if its rule asks for it.
        var total: Int?

        func isSeen(_ value: JSON) -> Bool { least.map { (value.int ?? 0) > $0 } ?? true }

        /// Takes a notification; what is wrong with it, if something is.
        mutating func read(_ params: JSON) -> String? {
            if let n = params["n"]?.int {
                var entries = Dictionary(uniqueKeysWithValues: window.map { ($0["index"]?.int ?? 0, $0) })
                for change in params["changes"]?.array ?? [] { entries[change["index"]?.int ?? 0] = change }
                window = (0..<n).compactMap { entries[from + $0] }
                total = params["total"]?.int
                return window.count == n ? nil : "a window with holes"
            }
            let path = params["path"]?.string ?? ""
            guard (params["event"] == "add") == (known[path] == nil) else { return "what it knows otherwise" }
            known[path] = params["event"] == "remove" ? nil : params["value"]
            return nil
        }

        /// Whether it knows the truth.
        func isTrue(_ values: [String: JSON]) -> Bool {
            let seen = values.filter { isSeen($0.value) }
            if isSorted {
                let paths = window.compactMap { $0["path"]?.string }
                return paths == Array(seen.keys.sorted().prefix(to).dropFirst(from - 1))
                    && (total ?? seen.count) == seen.count
                    && window.allSatisfy { $0["value"] == seen[$0["path"]?.string ?? ""] }
            }
            guard let most = self.max else { return known == seen }
            return known.count == min(most, seen.count) && known.allSatisfy { seen[$0.key] == $0.value }
        }
    }

    private static let rules: [JSON] = [
        ["interval": 1], ["interval": 0.2, "value": ["greaterThan": 50]], ["max": 2],
        ["max": 2, "value": ["greaterThan": 50]], ["interval": 0.5, "sort": ["byPath": true, "to": 100]],
        ["interval": 0.5, "sort": ["from": 1, "to": 3, "total": true]], ["sort": ["from": 1, "to": 2, "total": true]],
    ]

    @Test("nothing that cannot be, and the truth in the end", arguments: TestEnvironment.seeds([1, 2, 3, 4]))
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bus = TestBus {
            $0.outboxLimit = 400
            $0.snapshotChunk = 200
        }
        let owners = [bus.connect(), bus.connect()]
        let viewer = bus.connect()
        viewer.isReading = false
        var fetches: [Fetch] = []
        for (number, rule) in Self.rules.enumerated() {
            var params = rule.object ?? [:]
            params["id"] = .number(number)
            viewer.notify("fetch", .object(params))
            fetches.append(
                Fetch(
                    max: rule["max"]?.int, isSorted: rule["sort"] != nil, least: rule["value"]?["greaterThan"]?.int,
                    to: rule["sort"]?["to"]?.int ?? 100))
        }
        // What the viewer owns itself comes to it by the same ways.
        let all = owners + [viewer]
        var values: [String: (value: JSON, owner: Int)] = [:]
        var moves: [(fetch: Int, from: Int, to: Int)] = []
        func take() {
            for message in viewer.received() {
                if let number = message["id"]?.int {
                    // The response to a moveWindow: what was known of the former window counts no more.
                    let (fetch, from, to) = moves[number]
                    (fetches[fetch].from, fetches[fetch].to, fetches[fetch].window) = (from, to, [])
                }
                guard let number = message["method"]?.int, let params = message["params"] else { continue }
                if let problem = fetches[number].read(params) {
                    Issue.record("seed \(seed): \(Self.rules[number]): \(problem): \(message)")
                }
            }
        }
        for _ in 0..<TestEnvironment.steps(3000) {
            let path = "\(Int.random(in: 0..<6, using: &random))"
            let value = JSON.number(Int.random(in: 0..<100, using: &random))
            switch Int.random(in: 0..<12, using: &random) {
            case 0...1:
                guard let owner = values.removeValue(forKey: path)?.owner else { continue }
                all[owner].notify("remove", ["path": .string(path)])
            case 2: bus.pass(seconds: Double.random(in: 0...0.5, using: &random))
            case 3: viewer.read()
            case 4: viewer.readAll()
            case 5 where viewer.bus.bus.outputSize(of: viewer.id) < 800:
                let (fetch, from) = (Int.random(in: 4...6, using: &random), Int.random(in: 1...5, using: &random))
                moves.append((fetch, from, from + Int.random(in: -1...3, using: &random)))
                viewer.send([
                    "id": .number(moves.count - 1), "method": "moveWindow",
                    "params": [
                        "id": .number(fetch), "from": .number(from), "to": .number(moves[moves.count - 1].to),
                    ],
                ])
            default:
                let owner = values[path]?.owner ?? Int.random(in: 0..<3, using: &random)
                let isNew = values.updateValue((value, owner), forKey: path) == nil
                all[owner].notify(isNew ? "add" : "change", ["path": .string(path), "value": value])
            }
            take()
        }
        viewer.readAll()
        bus.pass(seconds: 1)
        viewer.readAll()
        take()
        for (fetch, rule) in zip(fetches, Self.rules) {
            #expect(fetch.isTrue(values.mapValues(\.value)), "\(rule): \(fetch)")
        }
        #expect(!viewer.isClosing)
    }
}
