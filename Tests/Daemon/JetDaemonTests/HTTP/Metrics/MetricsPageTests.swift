import JSONText
import JetBus
import TestSupport
import Testing

@testable import JetDaemon

/// The text of the page of metrics, in both formats.
@Suite("Metrics: the text")
struct MetricsPageTests {
    private var page: MetricsPage {
        var page = MetricsPage()
        page.figures = MetricsFigures(name: "kitchen", version: "0.1.0", startTime: 1_796_063_214.5)
        page.figures.statistics.peers = 3
        page.figures.statistics.fetchers = 2
        page.figures.statistics.waitingBytes = 10
        page.figures.statistics.messages = 123_456_789_012
        page.figures.statistics.conflated = 5
        page.figures.counts.states = 340
        page.figures.counts.methods = 5
        var account = Bus.AccountFigures(.login("a\"b\\c\nd"))
        account.connections = 1
        account.usage.bytes = 4096
        account.unread = 7
        account.messages = 9
        account.work = 1_500_000_000
        page.figures.accounts = [account]
        page.results = [
            Array(
                #"""
                [{"path":"sensors/cpu","event":"add","value":48.50,"meta":{"title":"CPU \"0\"","unit":"°C"}},
                {"path":"system/memory","event":"add","value":{"total":4096,"used":1e3,"name":"x"},"meta":{"unit":"B"}},
                {"path":"a\\b\n","event":"add","value":true},{"path":"text","event":"add","value":"1"},
                {"path":"cpu/frequency","event":"add","value":1.5,"meta":{"unit":"GHz"}},
                {"path":"odd","event":"add","value":-1,"meta":{"unit":"furlong"}},
                {"path":"nul\u0000","event":"add","value":1},{"path":"method","event":"add"}]
                """#.utf8),
            Array(#"[{"path":"sensors/cpu","value":1},{"path":"disk","value":42.5,"meta":{"unit":"%"}}]"#.utf8),
        ]
        page.failedRules = 1
        return page
    }

    @Test func `OpenMetrics as it is documented`() throws {
        let text = String(decoding: page.text(in: .openMetrics), as: UTF8.self)
        #expect(text == (try Repository.text("Tests/Daemon/JetDaemonTests/HTTP/Metrics/Golden/openmetrics.txt")))
    }

    @Test func `The older format of Prometheus`() throws {
        let text = String(decoding: page.text(in: .prometheus), as: UTF8.self)
        #expect(text == (try Repository.text("Tests/Daemon/JetDaemonTests/HTTP/Metrics/Golden/prometheus.txt")))
    }

    @Test(arguments: [
        ([], true), (["*/*"], true), (["text/plain"], false), (["text/plain;q=0.5, */*;q=0.1"], false),
        (["text/html,application/xhtml+xml,*/*;q=0.8"], false),
        (["application/openmetrics-text"], true),
        (["application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"], true),
        (["text/plain;q=0.9, application/openmetrics-text; q=0.5"], false),
        (["Application/OpenMetrics-Text ; version=1.0.0 ; q=1"], true), (["application/openmetrics-text;q=0"], false),
        (["application/openmetrics-text;q=x"], false), ([",;,=;q", ";;;"], false),
    ])
    func `A client that accepts OpenMetrics gets it`(accept: [String], isOpenMetrics: Bool) {
        #expect((MetricsText.Format(accept: accept) == .openMetrics) == isOpenMetrics)
    }

    @Test func `Accounts beyond the bound are summed up`() throws {
        var figures = MetricsFigures()
        figures.accounts = (0..<150).map { number in
            var account = Bus.AccountFigures(.userID(UInt32(number)))
            account.messages = UInt64(number)
            return account
        }
        var text = MetricsText(.prometheus)
        figures.write(to: &text)
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
        let messages = lines.filter { $0.hasPrefix("jet_account_messages_total{") }
        #expect(messages.count == 101)
        #expect(messages.contains("jet_account_messages_total{account=\"other\"} \((0..<50).reduce(0, +))"))
    }

    @Test func `Series beyond the bounds are left out and counted`() throws {
        var series = StateSeries()
        let fields = (0..<100).map { "\"f\($0)\":\($0)" }.joined(separator: ",")
        series.add(Array("[{\"path\":\"big\",\"value\":{\(fields)}}]".utf8))
        #expect(series.leftOut == 36)
        let long = String(repeating: "x", count: 1025)
        series.add(Array("[{\"path\":\"\(long)\",\"value\":1},{\"path\":\"o\",\"value\":{\"\(long)\":1}}]".utf8))
        #expect(series.leftOut == 38)
        let many = (0..<20_000).map { "{\"path\":\"p\($0)\",\"value\":1}" }.joined(separator: ",")
        series.add(Array("[\(many)]".utf8))
        #expect(series.leftOut == 38 + 20_000 - (10_000 - 64))
        var text = MetricsText(.openMetrics)
        series.write(to: &text)
        #expect(text.bytes.count { $0 == UInt8(ascii: "\n") } == 10_000 + 2)
    }

    @Test(arguments: [
        ("°C", "48.50", "celsius", "48.50"), ("%", "42.5", "ratio", "0.425"), ("MHz", "1800", "hertz", "1800000000"),
        ("ms", "5", "seconds", "0.005"), ("kWh", "1", "joules", "3600000"), ("1/s", "3", "per_second", "3"),
        ("KiB", "1e400", "bytes", "+Inf"), ("kB", "-1e400", "bytes", "-Inf"),
        ("B", "12345678901234567890", "bytes", "12345678901234567890"),
        ("rpm", "0", "rpm", "0"), ("V", "1e999", "volts", "+Inf"), ("B", "-1E309", "bytes", "-Inf"),
        ("V", "1e-999", "volts", "1e-999"),
    ])
    func `Units become base units`(unit: String, number: String, name: String, value: String) throws {
        let unit = try #require(MetricUnit(unit))
        #expect(unit.name == name && unit.convert(number) == value)
    }

    @Test func `Any State gives lines of the right form`() throws {
        var random = SeededGenerator(seed: 1_000)
        var generator = ValueGenerator(seed: 2_000)
        for _ in 0..<500 {
            let entries = (0..<Int.random(in: 0...6, using: &random)).map { _ -> JSON in
                let meta: JSON = ["unit": .string(Self.text(&random)), "title": generator.value()]
                return ["path": .string(Self.text(&random)), "value": generator.value(), "meta": meta]
            }
            var page = MetricsPage()
            page.results = [JSON.array(entries).text]
            let text = String(decoding: page.text(in: .openMetrics), as: UTF8.self)
            #expect(text.hasSuffix("\n# EOF\n"))
            for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
                #expect(Self.isSample(line), "\(String(Substring(line)))")
            }
        }
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        String(
            String.UnicodeScalarView(
                (0..<Int.random(in: 1...8, using: &random)).map { _ in
                    UnicodeScalar(UInt32.random(in: 0...0x17F, using: &random)) ?? "x"
                }))
    }

    /// `name{label="value",...} number`, read by hand.
    private static func isSample(_ line: Substring.UTF8View) -> Bool {
        var rest = line
        func isName(_ byte: UInt8) -> Bool { byte == 0x5F || 0x61...0x7A ~= byte }
        guard rest.first.map(isName) == true else { return false }
        rest = rest.drop(while: isName)
        if rest.first == UInt8(ascii: "{") {
            repeat {
                rest = rest.dropFirst().drop(while: isName)
                guard rest.starts(with: "=\"".utf8) else { return false }
                rest = rest.dropFirst(2)
                while let byte = rest.first, byte != UInt8(ascii: "\"") {
                    guard byte != 0 else { return false }
                    rest = rest.dropFirst(byte == UInt8(ascii: "\\") ? 2 : 1)
                }
                rest = rest.dropFirst()
            } while rest.first == UInt8(ascii: ",")
            guard rest.first == UInt8(ascii: "}") else { return false }
            rest = rest.dropFirst()
        }
        guard rest.first == UInt8(ascii: " ") else { return false }
        return Double(Substring(rest.dropFirst())) != nil
    }
}
