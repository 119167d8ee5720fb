import JSONText
import JetBus
import Testing

@testable import Benchmarks

/// The benchmarks, so small that they only show whether they still do what they say. How fast they are, is not asked.
@Suite("The engine's benchmarks")
struct SuiteTests {
    @Test("each do their work without an error of the bus, and say what it took", arguments: Suite.all.map(\.name))
    func smoke(name: String) throws {
        let results = try Suite(named: name, scale: .tiny).run(rounds: 2)
        let result = try #require(results.first { $0.benchmark.name == name })
        #expect(result.yardstick > 0)
        // Memory is counted for the whole process, in which other tests free theirs.
        if result.benchmark.unit != .bytes { #expect(result.amount > 0 && result.ratio > 0) }
    }

    @Test("have names of their own, and are compared with some that there are")
    func names() {
        let names = Suite.all.map(\.name)
        #expect(Set(names).count == names.count)
        for benchmark in Suite.all {
            guard case .benchmark(let name) = benchmark.yardstick else { continue }
            // It has to be measured before.
            let place = names.firstIndex(of: name), own = names.firstIndex(of: benchmark.name)
            #expect(place.map { $0 < own ?? 0 } == true, "\(benchmark.name)")
        }
    }

    @Test("with predicates are of rules that the path really does not satisfy", arguments: Predicates.kinds.indices)
    func predicates(index: Int) {
        let scene = Scene()
        let (viewer, owner) = (scene.connect(), scene.connect())
        // As different as they can be: all operands are tried.
        scene.receive(all: (0..<200).map { Messages.fetch($0, Predicates.kinds[index].rule($0)) }, from: viewer)
        scene.isInspecting = true
        scene.receive(all: [Messages.add(0)], from: owner)
        #expect(scene.bus.statistics.fetchers == 200)
        #expect(scene.bus.statistics.notifications == 0)
        #expect(scene.error == nil)
    }

    @Test("that make the bus complain have no figures")
    func errors() {
        let wrong = Benchmark(name: "wrong", operation: "a remove", yardstick: .copy) { _ in
            let scene = Scene()
            let peer = scene.connect()
            return Run(operations: 1, scene: scene, messagesOut: 1) {
                scene.time { scene.receive(all: [Messages.remove(7)], from: peer) }
            }
        }
        let error = #expect(throws: Suite.Failed.self) {
            try Suite(benchmarks: [wrong], scale: .tiny).run(rounds: 1)
        }
        #expect(error?.description.contains("pathNotExists") == true)
    }

    @Test("are printed as a table, and as records with the documented members")
    func report() throws {
        let results = try Suite(named: "scan", scale: .tiny).run(rounds: 1)
        let table = Report.table(results)
        #expect(table.count == 2 && table[1].hasPrefix("scan a change"))
        #expect(table[1].contains("copying the same bytes"))
        let record = try JSON(parsing: try #require(Report.records(results, rounds: 1).first))
        #expect(
            record.object?.map(\.name) == [
                "name", "operation", "unit", "amount", "yardstick", "yardstickAmount", "ratio", "rounds",
            ])
        #expect(record["rounds"] == 1 && record["unit"] == "ns")
    }

    @Test(
        "have numbers with three digits",
        arguments: [(1234.5, "1235"), (12.345, "12.3"), (0.056, "0.06"), (-3, "-3.00")])
    func numbers(value: Double, text: String) { #expect(Report.number(value) == text) }
}
