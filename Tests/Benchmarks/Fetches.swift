import JetBus

/// Snapshots, and sorted fetches under change.
enum Fetches {
    static var all: [Benchmark] {
        [
            snapshot, sorted("sorted change, 1000 States", states: 1000, against: .copy),
            sorted(
                "sorted change, 100000 States", states: 100_000, against: .benchmark("sorted change, 1000 States")),
        ]
    }

    /// A new fetch of many States is told of all of them.
    private static var snapshot: Benchmark {
        Benchmark(name: "snapshot of 100000 States", operation: "a State", yardstick: .copy) { scale in
            let scene = Scene()
            let owner = scene.connect()
            let count = scale(100_000)
            scene.receive(all: (0..<count).map { Messages.add($0) }, from: owner)
            let viewer = scene.connect()
            let (fetch, unfetch) = (Messages.fetch(0, Messages.everything), Messages.unfetch(0))
            return Run(operations: count, scene: scene, messagesOut: 1) {
                let duration = scene.time {
                    scene.receive(fetch, from: viewer)
                    scene.endTurn()
                }
                scene.receive(all: [unfetch], from: viewer)
                return duration
            }
        }
    }

    /// Random changes under a fetch of the ten States with the highest numbers.
    private static func sorted(_ name: String, states: Int, against yardstick: Benchmark.Yardstick) -> Benchmark {
        Benchmark(name: name, operation: "a change", yardstick: yardstick) { scale in
            let scene = Scene()
            let owner = scene.connect()
            let states = scale(states)
            var random = Numbers()
            func value() -> String { #"{"name":"p","score":\#(random.next(below: 1_000_000))}"# }
            scene.receive(all: (0..<states).map { Messages.add($0, value: value()) }, from: owner)
            let sort = #""sort":{"byValueField":{"score":"number"},"descending":true,"from":1,"to":10}"#
            scene.receive(all: [Messages.fetch(0, Messages.everything + "," + sort)], from: scene.connect())
            let count = scale(20_000, tiny: 100)
            let changes = (0..<count).map { _ in Messages.change(random.next(below: states), value: value()) }
            // How often the window changes depends on the numbers.
            return Run(operations: count, scene: scene) {
                scene.time { scene.receive(all: changes, from: owner) }
            }
        }
    }
}
