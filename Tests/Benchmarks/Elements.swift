import CLinux
import JetBus

/// Adding and removing States, and what they take.
enum Elements {
    static var all: [Benchmark] {
        let others = 10_000
        return [
            add("add", []),
            remove("remove", []),
            add("add, 10000 equals", fetches(others) { #""path":{"equals":"bench/states/\#($0)"}"# }),
            remove("remove, 10000 equals", fetches(others) { #""path":{"equals":"bench/states/\#($0)"}"# }),
            add(
                "add, 10000 startsWith", fetches(others) { #""path":{"startsWith":"nothing/\#(Messages.padded($0))"}"# }
            ),
            remove(
                "remove, 10000 startsWith",
                fetches(others) { #""path":{"startsWith":"nothing/\#(Messages.padded($0))"}"# }),
            memory,
        ]
    }

    private static func fetches(_ count: Int, _ rule: (Int) -> String) -> [[UInt8]] {
        (0..<count).map { Messages.fetch($0, rule($0)) }
    }

    private static var states: Int { 20_000 }

    /// Adds many States; removes them afterwards, unmeasured.
    private static func add(_ name: String, _ fetches: [[UInt8]]) -> Benchmark {
        let yardstick: Benchmark.Yardstick = fetches.isEmpty ? .lookUp(states) : .benchmark("add")
        return Benchmark(name: name, operation: "an add", yardstick: yardstick) { scale in
            let (scene, owner, adds, removes) = prepared(scale, fetches)
            return Run(operations: adds.count, scene: scene, messagesOut: 1) {
                let duration = scene.time { scene.receive(all: adds, from: owner) }
                scene.receive(all: removes, from: owner)
                return duration
            }
        }
    }

    /// Removes many States; adds them before, unmeasured.
    private static func remove(_ name: String, _ fetches: [[UInt8]]) -> Benchmark {
        let yardstick: Benchmark.Yardstick = fetches.isEmpty ? .lookUp(states) : .benchmark("remove")
        return Benchmark(name: name, operation: "a remove", yardstick: yardstick) { scale in
            let (scene, owner, adds, removes) = prepared(scale, fetches)
            return Run(operations: adds.count, scene: scene, messagesOut: 1) {
                scene.receive(all: adds, from: owner)
                return scene.time { scene.receive(all: removes, from: owner) }
            }
        }
    }

    private static func prepared(
        _ scale: Scale, _ fetches: [[UInt8]]
    ) -> (scene: Scene, owner: PeerID, adds: [[UInt8]], removes: [[UInt8]]) {
        let scene = Scene()
        let stranger = scene.connect()
        scene.receive(all: Array(fetches.prefix(scale(fetches.count))), from: stranger)
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
