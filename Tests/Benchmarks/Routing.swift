import JSONText
import JetBus
import JetProtocol

/// A set that is routed to the State's owner, and the owner's answer that is routed back.
enum Routing {
    static var all: [Benchmark] {
        [
            Benchmark(name: "route a set and its answer", operation: "a set", yardstick: .copy) { scale in
                let scene = Scene()
                let owner = scene.connect()
                scene.receive(all: [Messages.add(0)], from: owner)
                let caller = scene.connect()
                let turns = scale(500, tiny: 3)
                let sets = (0..<Scene.turn).map { Messages.set(0, value: Messages.value($0)) }
                return Run(operations: turns * sets.count, scene: scene, messagesOut: 2) {
                    (0..<turns).reduce(0) { duration, _ in
                        var requests: [[UInt8]] = []
                        let asking = scene.time {
                            for set in sets { scene.receive(set, from: caller) }
                            scene.endTurn { peer, output in if peer == owner { requests.append(Array(output)) } }
                        }
                        // What the owner does is not the bus's work.
                        let answers = requests.flatMap(Self.answers)
                        return duration + asking + scene.time { scene.receive(all: answers, from: owner) }
                    }
                }
            }
        ]
    }

    /// The answers to routed requests, which bear ids of the bus's choice.
    private static func answers(to output: [UInt8]) -> [[UInt8]] {
        var answers: [[UInt8]] = []
        var frames = FrameReader(limit: 1 << 30)
        _ = try? frames.read(output.span.bytes) { message in
            let request = try? JSON(parsing: message)
            answers.append(JSON.object(["id": request?["id"] ?? .null, "result": true]).text)
            return true
        }
        return answers
    }
}
