import JSONText
import Testing

@testable import JetCommand

@Suite("Traffic")
struct TrafficTests {
    private func statistics(_ messages: Int, _ notifications: Int) -> JSON {
        [
            "peers": 3, "slowPeers": 1, "elements": 20, "messages": .number(messages),
            "notifications": .number(notifications), "conflated": 0, "waitingBytes": 512,
        ]
    }

    /// The lines of a screen that shows nothing else.
    private func lines(_ reading: Traffic.Reading, _ size: LiveTable.Size?, title: String, most: Int) -> [StyledLine] {
        TopScreen(traffic: reading, sections: [.states], sortKey: .work, most: most).lines(size, title: title)
    }

    /// Two seconds in which "b/é" changed three times, "a" once, and "c" came.
    private func reading() -> Traffic.Reading {
        var traffic = Traffic(statistics(1000, 5000), at: .seconds(10))
        traffic.note("add", "b/é", value: 0, unit: "°C")
        for value in 1...3 { traffic.note("change", "b/é", value: .number(value), unit: nil) }
        traffic.note("change", "a", value: "x", unit: nil)
        traffic.note("add", "c", value: 1, unit: nil)
        traffic.note("remove", "c", value: 1, unit: nil)
        return traffic.read(statistics(1500, 5003), at: .seconds(12))
    }

    @Test("is the growth of the counters per second, and the States that changed, the busiest first")
    func rates() {
        let reading = reading()
        #expect(
            reading.rates == [
                .init(name: "messages", perSecond: 250), .init(name: "notifications", perSecond: 1.5),
                .init(name: "conflated", perSecond: 0),
            ])
        #expect(
            reading.busiest == [
                .init(cells: .init(path: "b/é", value: 3, unit: "°C"), rate: 1.5),
                .init(cells: .init(path: "a", value: "x"), rate: 0.5),
            ])
    }

    @Test("counts anew after each look; units are remembered, a daemon that was started anew does not count backwards")
    func anew() {
        var traffic = Traffic(statistics(1000, 0), at: .zero)
        traffic.note("add", "a", value: 0, unit: "s")
        traffic.note("change", "a", value: 1, unit: nil)
        _ = traffic.read(statistics(1000, 0), at: .seconds(1))
        traffic.note("change", "a", value: 2, unit: nil)
        let reading = traffic.read(statistics(5, 0), at: .seconds(2))
        #expect(reading.busiest == [.init(cells: .init(path: "a", value: 2, unit: "s"), rate: 1)])
        #expect(reading.rates.allSatisfy { $0.perSecond == 0 })
    }

    @Test("shows counts, rates and the busiest States")
    func lines() {
        let lines = lines(reading(), nil, title: "jetd", most: 20).map { $0.rendered(colored: false) }
        #expect(
            lines == [
                "jetd", "peers 3   slow 1   elements 20   bytes waiting 512   ",
                "messages/s 250   notifications/s 1.5   conflated/s 0   ", "", "changes/s  path",
                "      1.5  b/é  3 °C", "      0.5  a    \"x\"",
            ])
    }

    @Test("shows as many States as there is room for, and is no wider than the screen")
    func narrow() {
        let reading = reading()
        for (columns, height) in [(80, 6), (20, 24), (1, 1), (30, 3)] {
            let lines = self.lines(reading, LiveTable.Size(columns: columns, lines: height), title: "jetd", most: 20)
            #expect(lines.count <= height)
            #expect(lines.allSatisfy { DisplayWidth.of($0.rendered(colored: false)) <= columns })
        }
        #expect(self.lines(reading, nil, title: "", most: 1).count == 6)
        #expect(self.lines(reading, nil, title: "", most: 0).count == 3)
    }

    @Test("of a daemon that says no statistics is the changes alone")
    func silentDaemon() {
        var traffic = Traffic([:], at: .zero)
        traffic.note("change", "a\u{1B}", value: 1, unit: nil)
        let lines = lines(traffic.read([:], at: .seconds(1)), nil, title: "t", most: 9)
        #expect(lines.map { $0.rendered(colored: false) } == ["t", "", "changes/s  path", "        1  a\\u001b  1"])
    }

    @Test("for programs it is an object")
    func record() {
        let record = reading().record(at: Timestamp(seconds: 0, milliseconds: 0), most: 1)
        #expect(record["rates"] == ["messages": 250, "notifications": 1.5, "conflated": 0])
        #expect(record["busiest"] == [["path": "b/é", "rate": 1.5, "value": 3]])
        #expect(record["statistics"]?["peers"] == 3)
        #expect(record["time"]?.string?.hasSuffix("Z") == true)
    }
}
