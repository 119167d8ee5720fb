import CLinux
import JetBus

/// Adding and removing States, and what they take.
enum Elements {
    static var all: [Benchmark] {
        [
            add("add", nil), remove("remove", nil),
            add("add, 10000 equals", equals), remove("remove, 10000 equals", equals),
            add("add, 10000 startsWith", startsWith), remove("remove, 10000 startsWith", startsWith),
            memory,
        ]
    }

    /// The rule of one of many fetchers that match nothing.
    private typealias Rule = (Int) -> String
    private static let equals: @Sendable (Int) -> String = { #""path":{"equals":"nothing/\#(Messages.padded($0))"}"# }
    private static let startsWith: @Sendable (Int) -> String = {
        #""path":{"startsWith":"nothing/\#(Messages.padded($0))"}"#
    }

    private static var states: Int { 20_000 }

    /// Adds many States; removes them afterwards, unmeasured.
    private static func add(_ name: String, _ rule: Rule?) -> Benchmark {
        let yardstick: Benchmark.Yardstick = rule == nil ? .lookUp(states) : .benchmark("add")
        return Benchmark(name: name, operation: "an add", yardstick: yardstick) { scale in
            let (scene, owner, adds, removes) = prepared(scale, rule)
            return Run(operations: adds.count, scene: scene, messagesOut: 1) {
                let duration = scene.time { scene.receive(all: adds, from: owner) }
                scene.receive(all: removes, from: owner)
                return duration
            }
        }
    }

    /// Removes many States; adds them before, unmeasured.
    private static func remove(_ name: String, _ rule: Rule?) -> Benchmark {
        let yardstick: Benchmark.Yardstick = rule == nil ? .lookUp(states) : .benchmark("remove")
        return Benchmark(name: name, operation: "a remove", yardstick: yardstick) { scale in
            let (scene, owner, adds, removes) = prepared(scale, rule)
            return Run(operations: adds.count, scene: scene, messagesOut: 1) {
                scene.receive(all: adds, from: owner)
                return scene.time { scene.receive(all: removes, from: owner) }
            }
        }
    }

    private static func prepared(
        _ scale: Scale, _ rule: Rule?
    ) -> (scene: Scene, owner: PeerID, adds: [[UInt8]], removes: [[UInt8]]) {
        let scene = Scene()
        let stranger = scene.connect()
        if let rule {
            scene.receive(all: (0..<scale(10_000)).map { Messages.fetch($0, rule($0)) }, from: stranger)
        }
        let count = scale(states)
        return (
            scene, scene.connect(), (0..<count).map { Messages.add($0) }, (0..<count).map { Messages.remove($0) }
        )
    }

    /// The memory of States with values of 32 bytes, without path and value: as malloc counts it (mallinfo2(3)).
    private static var memory: Benchmark {
        Benchmark(name: "memory of a State", operation: "a State", yardstick: .pathAndValue, unit: .bytes) { scale in
            let count = scale(100_000)
            let value = #""012345678901234567890123456789""#
            let ownBytes = Double(Messages.path(0).utf8.count + value.utf8.count)
            return Run(operations: count, pathAndValue: ownBytes) {
                let scene = Scene()
                let owner = scene.connect()
                scene.receive(Messages.bytes(#"{"id":0,"method":"info"}"#), from: owner)
                scene.endTurn()
                let before = allocated
                for index in 0..<count {
                    scene.receive(Messages.add(index, value: value), from: owner)
                    if index % Scene.turn == 0 { scene.endTurn() }
                }
                scene.endTurn()
                return Double(allocated - before) - ownBytes * Double(count)
            }
        }
    }

    private static var allocated: Int {
        let info = mallinfo2()
        return Int(info.uordblks + info.hblkhd)
    }
}
