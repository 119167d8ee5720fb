import JetBus

/// What a page does that shows very many elements: a sorted fetch of some places, moves of its window, and the levels of
/// the tree of paths.
enum Browsing {
    static var all: [Benchmark] {
        [
            window("first window of 100000 States", states: 100_000, against: .copy),
            window(
                "first window of 1000000 States", states: 1_000_000,
                against: .benchmark("first window of 100000 States")),
            move("move a window, 100000 States", states: 100_000, from: 50_000, against: .copy),
            move(
                "move a window, 1000000 States", states: 1_000_000, from: 500_000,
                against: .benchmark("move a window, 100000 States")),
            deep("change in a deep window, 1000 States", states: 1000, against: .copy),
            deep(
                "change in a deep window, 1000000 States", states: 1_000_000,
                against: .benchmark("change in a deep window, 1000 States")),
            branches("branches, 100 names of 100000 States", states: 100_000, names: 100),
            branches("branches, 1000000 names", states: 1_000_000, names: 1_000_000),
        ]
    }

    private static func sort(from: Int, to: Int) -> String {
        Messages.everything + #","sort":{"from":\#(from),"to":\#(to),"total":true}"#
    }

    /// A bus with States in no order of their paths.
    private static func scene(_ states: Int) -> (Scene, owner: PeerID) {
        let scene = Scene()
        let owner = scene.connect()
        // A step that has no factor in common with the number of States brings each of them once.
        scene.receive(all: (0..<states).map { Messages.add($0 &* 7_919 % states) }, from: owner)
        return (scene, owner)
    }

    /// A sorted fetch of 60 places: all is put in order, for each element.
    private static func window(_ name: String, states: Int, against yardstick: Benchmark.Yardstick) -> Benchmark {
        Benchmark(name: name, operation: "a State", yardstick: yardstick) { scale in
            let count = scale(states)
            let (scene, _) = scene(count)
            // As in a daemon, the work goes on in many turns.
            scene.bus.slice = 1_000_000
            let viewer = scene.connect()
            let (fetch, unfetch) = (Messages.fetch(0, sort(from: 1, to: 60)), Messages.unfetch(0))
            return Run(operations: count, scene: scene) {
                let duration = scene.time {
                    scene.receive(fetch, from: viewer)
                    scene.endTurn()
                }
                scene.receive(all: [unfetch], from: viewer)
                return duration
            }
        }
    }

    /// Moves of a window of 60 places to and fro.
    private static func move(
        _ name: String, states: Int, from: Int, against yardstick: Benchmark.Yardstick
    ) -> Benchmark {
        Benchmark(name: name, operation: "a move", yardstick: yardstick) { scale in
            let (scene, _) = scene(scale(states))
            let viewer = scene.connect()
            scene.receive(all: [Messages.fetch(0, sort(from: 1, to: 60))], from: viewer)
            let count = scale(1000, tiny: 10)
            let moves = (0..<count).map { number in
                let from = scale(from, tiny: 5) + number % 100
                return Messages.request("moveWindow", #"{"id":"f0","from":\#(from),"to":\#(from + 59)}"#)
            }
            return Run(operations: count, scene: scene, messagesOut: 2) {
                scene.time { for move in moves { scene.receive(all: [move], from: viewer) } }
            }
        }
    }

    /// Changes of one State in a window at the end of the list.
    private static func deep(_ name: String, states: Int, against yardstick: Benchmark.Yardstick) -> Benchmark {
        Benchmark(name: name, operation: "a change", yardstick: yardstick) { scale in
            let states = scale(states)
            let (scene, owner) = scene(states)
            scene.receive(
                all: [Messages.fetch(0, sort(from: max(1, states - 9), to: states))], from: scene.connect())
            let count = scale(5000, tiny: 100)
            let changes = (0..<count).map { Messages.change(states - 1, value: Messages.value($0)) }
            return Run(operations: count, scene: scene, messagesOut: 2) {
                scene.time { scene.receive(all: changes, from: owner) }
            }
        }
    }

    /// The names of one level.
    private static func branches(_ name: String, states: Int, names: Int) -> Benchmark {
        Benchmark(name: name, operation: "a State", yardstick: .copy) { scale in
            let scene = Scene()
            let owner = scene.connect()
            let (count, names) = (scale(states), scale(names))
            scene.receive(
                all: (0..<count).map { number in
                    let name = number &* 7_919 % names
                    return Messages.request("add", #"{"path":"plant/\#(name)/value \#(number)","value":1}"#)
                }, from: owner)
            let viewer = scene.connect()
            let request = Messages.request("branches", #"{"prefix":"plant/"}"#)
            return Run(operations: count, scene: scene) {
                scene.time { scene.receive(all: [request], from: viewer) }
            }
        }
    }
}
