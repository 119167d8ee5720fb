import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import AgentCore
@testable import Providers

/// From complete sets of readings to the few steps that bring the bus up to date.
struct StateBoardTests {
    @Test("what is new is added, what changed is changed, what vanished is removed, the rest is left alone")
    func difference() {
        var board = StateBoard()
        #expect(
            board.apply([reading("a", 1), reading("b", 2), reading("c", 3)], of: "x").publications == [
                .add(reading("a", 1)), .add(reading("b", 2)), .add(reading("c", 3)),
            ])
        #expect(
            board.apply([reading("d", 4), reading("c", 33), reading("a", 1)], of: "x").publications == [
                .remove(path: "b"), .add(reading("d", 4)), .change(path: "c", value: 33),
            ])
        #expect(board.apply([reading("a", 1), reading("c", 33), reading("d", 4)], of: "x").publications.isEmpty)
    }

    @Test("a deadband is measured from what was published: a creeping value is published in the end")
    func creeping() {
        var board = StateBoard()
        let published = (0...10).flatMap { step in
            board.apply([reading("t", .number(20 + Double(step) / 10), deadband: .number(0.5))], of: "x").publications
        }
        #expect(published.dropFirst() == [.change(path: "t", value: 20.5), .change(path: "t", value: 21)])
    }

    @Test("a state that means something else is another state")
    func meaning() {
        var board = StateBoard()
        let celsius = Reading("t", 20, Metadata(title: "Temperature", unit: "°C", datatype: .float))
        let fahrenheit = Reading("t", 68, Metadata(title: "Temperature", unit: "°F", datatype: .float))
        _ = board.apply([celsius], of: "x")
        #expect(board.apply([fahrenheit], of: "x").publications == [.remove(path: "t"), .add(fahrenheit)])
    }

    @Test("providers do not see each other's states")
    func apart() {
        var board = StateBoard()
        _ = board.apply([reading("a", 1)], of: "x")
        #expect(board.apply([reading("b", 1)], of: "y").publications == [.add(reading("b", 1))])
        #expect(board.apply([], of: "x").publications == [.remove(path: "a")])
        #expect(board.apply([reading("b", 1)], of: "y").publications.isEmpty)
    }

    @Test("a path that another provider has is refused, and told once, until it is free")
    func conflict() {
        var board = StateBoard()
        _ = board.apply([reading("a", 1)], of: "x")
        let first = board.apply([reading("a", 2), reading("b", 2)], of: "y")
        #expect(first.publications == [.add(reading("b", 2))])
        #expect(first.conflicts == [.init(path: "a", owner: "x")])
        #expect(board.apply([reading("a", 2), reading("b", 2)], of: "y") == .init())
        #expect(board.apply([reading("a", 1)], of: "x") == .init())

        _ = board.apply([], of: "x")
        #expect(board.apply([reading("a", 2), reading("b", 2)], of: "y").publications == [.add(reading("a", 2))])
    }

    @Test("of two readings of one path the first counts")
    func twice() {
        var board = StateBoard()
        let outcome = board.apply([reading("a", 1), reading("a", 2)], of: "x")
        #expect(outcome.publications == [.add(reading("a", 1))])
        #expect(outcome.conflicts == [.init(path: "a", owner: "x")])
        #expect(board.apply([reading("a", 1)], of: "x").publications.isEmpty)
    }

    @Test("what the bus refused is tried again with the next set")
    func withdrawn() {
        var board = StateBoard()
        _ = board.apply([reading("a", 1), reading("b", 1)], of: "x")
        board.withdraw("a")
        board.withdraw("never heard of")
        #expect(board.apply([reading("a", 1), reading("b", 1)], of: "x").publications == [.add(reading("a", 1))])
        board.withdraw("a")
        #expect(board.apply([reading("b", 1)], of: "x").publications.isEmpty)
    }

    @Test("whoever carries out the steps has what the providers said", arguments: 1...20)
    func model(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var board = StateBoard()
        var bus: [String: JSON] = [:]
        var said: [String: [Reading]] = [:]
        for _ in 0..<200 {
            let provider = ["x", "y"].randomElement(using: &random) ?? ""
            let readings = (0..<8).filter { _ in Bool.random(using: &random) }.shuffled(using: &random).map {
                reading("\(provider)/\($0)", .number(Int.random(in: 0..<3, using: &random)))
            }
            said[provider] = readings
            for step in board.apply(readings, of: provider).publications {
                switch step {
                case .add(let reading): #expect(bus.updateValue(reading.value, forKey: reading.path) == nil)
                case .change(let path, let value):
                    let before = bus.updateValue(value, forKey: path)
                    #expect(before != nil && before != value)
                case .remove(let path): #expect(bus.removeValue(forKey: path) != nil)
                }
            }
            let truth = said.values.joined().map { ($0.path, $0.value) }
            #expect(bus == Dictionary(truth) { first, _ in first })
        }
    }

    private func reading(_ path: String, _ value: JSON, deadband: Deadband = .none) -> Reading {
        Reading(path, value, Metadata(title: "Test", datatype: .json), deadband: deadband)
    }
}
