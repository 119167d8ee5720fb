/// All benchmarks, and a run of them: some rounds, in each of which every benchmark and its yardstick are measured, so
/// that what else happens on the machine meanwhile happens to all of them. What counts is the median of the rounds.
struct Suite {
    let benchmarks: [Benchmark]
    let scale: Scale

    /// All of them.
    static var all: [Benchmark] {
        Changes.all + Elements.all + Predicates.all + Fetches.all + Browsing.all + Routing.all + Text.all + Meter.all
    }

    /// These.
    init(benchmarks: [Benchmark], scale: Scale) {
        self.benchmarks = benchmarks
        self.scale = scale
    }

    /// Some of them, and those with which they are compared.
    ///
    /// - Parameter text: One's name, or what is in the names of several; `nil`: all.
    init(named text: String? = nil, scale: Scale = .full) {
        let all = Self.all
        // One that is called exactly so is meant alone.
        let exact = all.filter { $0.name == text }
        let wanted = exact.isEmpty ? all.filter { one in text.map { one.name.contains($0) } ?? true } : exact
        let compared = wanted.compactMap { if case .benchmark(let name) = $0.yardstick { name } else { nil } }
        benchmarks = all.filter { one in
            wanted.contains { $0.name == one.name } || compared.contains(one.name)
        }
        self.scale = scale
    }

    /// What was found about one benchmark.
    struct Result {
        let benchmark: Benchmark
        /// The medians: for one operation, and of the yardstick.
        let amount: Double
        let yardstick: Double
        /// The median of the ratios of each round, which is not quite the ratio of the medians.
        let ratio: Double
    }

    /// A benchmark that does not do what it should.
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// Measures.
    ///
    /// - Parameter progress: Is told of each round.
    /// - Throws: `Failed` when a bus answers with an error, or not as often as it should: such figures are none.
    func run(rounds: Int, progress: (String) -> Void = { _ in }) throws -> [Result] {
        var found = benchmarks.map { _ in [(amount: Double, yardstick: Double)]() }
        for round in 1...max(1, rounds) {
            var amounts: [String: Double] = [:]
            for (place, benchmark) in benchmarks.enumerated() {
                progress("round \(round) of \(rounds): \(benchmark.name)")
                let (amount, yardstick) = try measure(benchmark, amounts)
                amounts[benchmark.name] = amount
                found[place].append((amount, yardstick))
            }
        }
        return zip(benchmarks, found).map { benchmark, rounds in
            Result(
                benchmark: benchmark, amount: Self.median(rounds.map(\.amount)),
                yardstick: Self.median(rounds.map(\.yardstick)),
                ratio: Self.median(rounds.map { $0.amount / $0.yardstick }))
        }
    }

    /// Runs each benchmark and nothing else: no yardsticks, no checks, no figures. For a tool from outside that counts
    /// instructions.
    ///
    /// - Parameter passes: How often each one runs.
    func runPlainly(passes: Int) {
        for benchmark in benchmarks {
            let run = benchmark.prepare(scale)
            for _ in 0..<passes { _ = run.pass() }
        }
    }

    private func measure(
        _ benchmark: Benchmark, _ amounts: [String: Double]
    ) throws -> (amount: Double, yardstick: Double) {
        let run = benchmark.prepare(scale)
        // The first pass brings the memory that the next one uses, and shows that all is as it should be.
        run.scene?.isInspecting = true
        _ = run.pass()
        run.scene?.isInspecting = false
        try check(run, benchmark)
        let operations = Double(run.operations)
        let yardstick =
            switch benchmark.yardstick {
            case .copy: copying(run)
            case .lookUp(let count): Yardsticks.lookUp(among: scale(count), looks: scale(200_000, tiny: 1000))
            case .benchmark(let name): amounts[name] ?? .nan
            case .pathAndValue: run.pathAndValue
            case .work: run.work
            }
        let amount = run.pass() / operations
        guard amount.isFinite, yardstick.isFinite, yardstick > 0 else {
            throw Failed(description: "'\(benchmark.name)' found \(amount), its yardstick \(yardstick).")
        }
        return (amount, yardstick)
    }

    /// What it takes to copy all messages of one operation.
    private func copying(_ run: Run) -> Double {
        let count = scale(200_000, tiny: 1000)
        guard let traffic = run.scene?.traffic else {
            return Yardsticks.copy(messages: 1, length: Double(run.bytesIn), count: count)
        }
        let messages = Double(traffic.messagesIn + traffic.messagesOut)
        let bytes = Double(traffic.bytesIn + traffic.bytesOut)
        return Yardsticks.copy(
            messages: messages / Double(run.operations), length: bytes / max(1, messages), count: count)
    }

    private func check(_ run: Run, _ benchmark: Benchmark) throws {
        guard let scene = run.scene else { return }
        if let error = scene.error { throw Failed(description: "'\(benchmark.name)' was answered by \(error)") }
        let expected = run.operations * run.messagesOut
        guard run.messagesOut == 0 || abs(scene.traffic.messagesOut - expected) <= 1 else {
            throw Failed(
                description: "'\(benchmark.name)' made \(scene.traffic.messagesOut) messages, not \(expected).")
        }
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
