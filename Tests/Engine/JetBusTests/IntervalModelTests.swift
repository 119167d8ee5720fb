import JSONText
import JetBus
import TestSupport
import Testing

/// Whatever happens on the bus and whenever: of an element that stays, a fetch with an interval tells no sooner than that
/// after it told last; it tells nothing that cannot be; and when time has passed, what was told is the truth.
@Suite("jet-protocol(7) §7.3: interval, at random")
struct IntervalModelTests {
    /// What one fetch has told of one path.
    private struct Known {
        var value: JSON?
        var time: UInt64
    }

    /// A fetch and what its peer knows by it.
    private struct Fetch {
        let id: JSON
        let interval: UInt64
        let least: Int?
        var known: [String: Known] = [:]

        func isSeen(_ value: JSON?) -> Bool { least.map { (value?.int ?? 0) > $0 } ?? true }

        /// Takes a notification; what is wrong with it, if something is.
        mutating func read(_ params: JSON, at now: UInt64, exists: Bool) -> String? {
            let path = params["path"]?.string ?? ""
            let event = params["event"]?.string
            let earlier = known[path]
            guard (event == "add") == (earlier == nil) else { return "\(event ?? "") of what is known otherwise" }
            if event == "remove" {
                // It may come early only if the element has ended.
                if let earlier, exists, now < earlier.time + interval { return "a remove too early" }
                known[path] = nil
                if exists { gone[path] = now }
                return nil
            }
            if let earlier, now < earlier.time + interval { return "a change too early" }
            if let time = gone.removeValue(forKey: path), now < time + interval { return "an add too early" }
            known[path] = Known(value: params["value"], time: now)
            return nil
        }

        /// When an element that stays was told of as gone.
        var gone: [String: UInt64] = [:]
    }

    @Test("told at least an interval apart, and the truth in the end", arguments: TestEnvironment.seeds([1, 2, 3, 4]))
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bus = TestBus()
        let owner = bus.connect()
        let viewer = bus.connect()
        var fetches: [Fetch] = []
        for (number, interval) in [0.1, 1, 1, 2.5].enumerated() {
            let least = number % 2 == 1 ? 50 : nil
            var params: JSON.Object = ["id": .number(number), "interval": .number(interval)]
            if let least { params["value"] = ["greaterThan": .number(least)] }
            viewer.ask("fetch", .object(params))
            fetches.append(Fetch(id: .number(number), interval: UInt64(interval * 1e9), least: least))
        }
        var values: [String: JSON] = [:]
        func readAll() {
            for message in viewer.received() {
                guard let number = message["method"]?.int, let params = message["params"] else { continue }
                let exists = values[params["path"]?.string ?? ""] != nil
                if let problem = fetches[number].read(params, at: bus.now, exists: exists) {
                    Issue.record("seed \(seed): fetch \(number): \(problem): \(message)")
                }
            }
        }
        for _ in 0..<TestEnvironment.steps(3000) {
            let path = "\(Int.random(in: 0..<5, using: &random))"
            let value = JSON.number(Int.random(in: 0..<100, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                if values.removeValue(forKey: path) != nil {
                    owner.notify("remove", ["path": .string(path)])
                    for number in fetches.indices { fetches[number].gone[path] = nil }
                }
            case 1...3: bus.pass(seconds: Double.random(in: 0...0.4, using: &random))
            default:
                let isNew = values.updateValue(value, forKey: path) == nil
                owner.notify(isNew ? "add" : "change", ["path": .string(path), "value": value])
            }
            readAll()
        }
        bus.pass(seconds: 2.5)
        readAll()
        for fetch in fetches {
            #expect(
                fetch.known.mapValues(\.value) == values.filter { fetch.isSeen($0.value) }.mapValues { $0 as JSON? })
        }
    }
}
