import JetBus

/// Changes of States, told to those who fetch them: the path that has to be fast.
enum Changes {
    static var all: [Benchmark] {
        [
            change("change, 0 fetchers", fetchers: 0),
            change("change, 1 fetcher", fetchers: 1),
            change("change, 10 fetchers", fetchers: 10),
            change("change, 100 fetchers", fetchers: 100),
            change(
                "change, 1 fetcher, 10000 others", fetchers: 1, others: 10_000, against: .benchmark("change, 1 fetcher")
            ),
            change(
                "change, 10 fetchers, value rule", fetchers: 10,
                rule: Messages.everything + #","valueField":{"temperature":{"greaterThan":0}}"#,
                against: .benchmark("change, 10 fetchers")),
        ]
    }

    /// - Parameters:
    ///   - fetchers: How many peers fetch all States.
    ///   - others: How many fetchers there are that match nothing.
    private static func change(
        _ name: String, fetchers: Int, others: Int = 0, rule: String = Messages.everything,
        against yardstick: Benchmark.Yardstick = .copy
    ) -> Benchmark {
        Benchmark(name: name, operation: "a change", yardstick: yardstick) { scale in
            let scene = Scene()
            let owner = scene.connect()
            let states = scale(100)
            scene.receive(all: (0..<states).map { Messages.add($0) }, from: owner)
            for number in 0..<fetchers { scene.receive(Messages.fetch(number, rule), from: scene.connect()) }
            let stranger = scene.connect()
            scene.receive(
                all: (0..<scale(others)).map { Messages.fetch($0, #""path":{"equals":"nothing/\#($0)"}"#) },
                from: stranger)
            scene.endTurn()
            let count = scale(max(2000, 100_000 / max(1, fetchers)), tiny: 100)
            let changes = (0..<count).map { Messages.change($0 % states, value: Messages.value($0)) }
            return Run(operations: count, scene: scene, messagesOut: 1 + fetchers) {
                scene.time { scene.receive(all: changes, from: owner) }
            }
        }
    }
}
