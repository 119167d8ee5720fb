import JSONText
import JetProtocol

/// Rules applied to paths and values, compared with the units of work that they charge: a unit should be about a
/// nanosecond, so that a budget in units is a budget of time.
enum Meter {
    static var all: [Benchmark] {
        paths.map { kind in path(kind.name, kind.rule, kind.path) }
            + values.map { kind in value(kind.name, kind.rule, kind.value) }
    }

    private static var letters: String { String(repeating: "abcdefgh/", count: 100) }
    private static func list(_ count: Int, _ element: (Int) -> String) -> String {
        "[" + (0..<count).map(element).joined(separator: ",") + "]"
    }

    private static var paths: [(name: String, rule: String, path: String)] {
        let path = "bench/states/17/temperature"
        return [
            ("equals", #"{"path":{"equals":"bench/states/18/temperature"}}"#, path),
            ("contains", #"{"path":{"contains":"voltage"}}"#, path),
            ("contains, long path", #"{"path":{"contains":"voltage"}}"#, letters),
            (
                "contains, periodic path", #"{"path":{"contains":"b\#(String(repeating: "a", count: 200))"}}"#,
                String(repeating: "a", count: 900)
            ),
            ("containsOneOf 100", #"{"path":{"containsOneOf":\#(list(100) { #""nothing\#($0)""# })}}"#, path),
            ("equalsOneOf 10000", #"{"path":{"equalsOneOf":\#(list(10_000) { #""bench/\#($0)""# })}}"#, path),
            ("equals, caseInsensitive", #"{"path":{"equals":"BENCH","caseInsensitive":true}}"#, path),
            ("equals, caseInsensitive, long path", #"{"path":{"equals":"BENCH","caseInsensitive":true}}"#, letters),
            (
                "equals, caseInsensitive, no ASCII", #"{"path":{"equals":"BENCH","caseInsensitive":true}}"#,
                String(repeating: "ÄÖÜß", count: 100)
            ),
            ("match, short", #"{"match":["^bench/%a+/%d+/v"]}"#, path),
            ("match, backtracking", #"{"match":[".-a.-b.-c.-d.-[xy]"]}"#, "abcdabcdabcdabcdabcd"),
            ("match, captures", #"{"match":["(.-)(.-)%1%2[xy]"]}"#, "abcdabcdabcd"),
            ("match, long runs", #"{"match":["%a*/%d*[xy]"]}"#, letters),
        ]
    }

    private static var values: [(name: String, rule: String, value: String)] {
        let object = #"{"a":\#(list(20, String.init)),"unit":"°C","temperature":21.5}"#
        let numbers = list(1000, String.init)
        return [
            ("lessThan", #"{"value":{"lessThan":5}}"#, "17"),
            ("lessThan, string", #"{"value":{"lessThan":"B"}}"#, #""some words of a text""#),
            ("equals, number", #"{"value":{"equals":21.5}}"#, "21.25"),
            ("equals, string", #"{"value":{"equals":"some words of a test"}}"#, #""some words of a text""#),
            ("equals, object", #"{"value":{"equals":{"a":1}}}"#, object),
            ("valueField", #"{"valueField":{"temperature":{"lessThan":5}}}"#, object),
            ("valueField, long array", #"{"valueField":{"[999]":{"lessThan":5}}}"#, numbers),
            ("hasOneOf 1", #"{"value":{"hasOneOf":[-1]}}"#, numbers),
            ("hasOneOf 1000", #"{"value":{"hasOneOf":\#(list(1000) { "-\($0 + 1)" })}}"#, numbers),
            ("hasAllOf 1000", #"{"value":{"hasAllOf":\#(numbers)}}"#, numbers),
            (
                "hasAllOf 1000 strings", #"{"value":{"hasAllOf":\#(list(1000) { #""text \#($0)""# })}}"#,
                list(1000) { #""text \#($0)""# }
            ),
        ]
    }

    private static func path(_ name: String, _ rule: String, _ path: String) -> Benchmark {
        let path = Array(path.utf8)
        return benchmark(name, rule) { rule, meter in rule.path.matches(path.span.bytes, &meter) }
    }

    private static func value(_ name: String, _ rule: String, _ value: String) -> Benchmark {
        let value = Array(value.utf8)
        return benchmark(name, rule) { rule, meter in rule.matches(value: value.span.bytes, &meter) }
    }

    private static func benchmark(
        _ name: String, _ rule: String, _ body: @escaping (FetchRule, inout WorkMeter) -> Bool
    ) -> Benchmark {
        Benchmark(name: "meter: \(name)", operation: "a rule applied", yardstick: .work) { scale in
            guard let rule = try? FetchRule(parsing: JSON(parsing: rule)) else {
                return Run(operations: 1) { .nan }
            }
            var meter = WorkMeter()
            _ = body(rule, &meter)
            let work = meter.used
            // About a twentieth of a second.
            let count = scale(max(50_000_000 / max(work, 1), 10))
            return Run(operations: count, work: Double(work)) {
                var meter = WorkMeter()
                let start = Clock.now
                for _ in 0..<count { _ = body(rule, &meter) }
                let duration = Clock.now - start
                return meter.used == work * count ? Double(duration) : .nan
            }
        }
    }
}
