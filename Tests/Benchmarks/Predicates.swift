/// What an add costs with 10,000 fetchers of each kind of predicate that its path does not satisfy. Those for exact paths
/// and prefixes are found by an index, all others are asked one by one, once for each add.
///
/// One State is added and removed again and again (a remove asks no rule), since most of the negated predicates can only be made to fail for
/// paths that are known.
enum Predicates {
    private static var others: Int { 10_000 }

    static var all: [Benchmark] {
        [add("add and remove", nil)] + kinds.map { kind in add("add and remove, 10000 \(kind.name)", kind.rule) }
    }

    /// Each kind with a rule that the path does not satisfy; as different from each other as they can be.
    static let kinds: [(name: String, rule: @Sendable (Int) -> String)] = [
        ("equals", { #""path":{"equals":"nothing/\#($0)"}"# }),
        ("equalsNot", { _ in #""path":{"equalsNot":"\#(path)"}"# }),
        ("startsWith", { #""path":{"startsWith":"nothing/\#($0)"}"# }),
        ("startsNotWith", { #""path":{"startsNotWith":"\#(path.prefix(1 + $0 % path.count))"}"# }),
        ("endsWith", { #""path":{"endsWith":"/nothing\#($0)"}"# }),
        ("endsNotWith", { #""path":{"endsNotWith":"\#(path.suffix(1 + $0 % path.count))"}"# }),
        ("contains", { #""path":{"contains":"/nothing\#($0)/"}"# }),
        ("containsNot", { #""path":{"containsNot":"\#(path.dropFirst($0 % path.count))"}"# }),
        ("equalsOneOf", { #""path":{"equalsOneOf":["nothing/\#($0)","neither/\#($0)"]}"# }),
        ("equalsNotOneOf", { #""path":{"equalsNotOneOf":["\#(path)","neither/\#($0)"]}"# }),
        ("containsOneOf", { #""path":{"containsOneOf":["/nothing\#($0)/","/neither\#($0)/"]}"# }),
        ("containsAllOf", { #""path":{"containsAllOf":["bench","/neither\#($0)/"]}"# }),
        ("equals, caseInsensitive", { #""path":{"equals":"NOTHING/\#($0)","caseInsensitive":true}"# }),
        ("startsWith, caseInsensitive", { #""path":{"startsWith":"NOTHING/\#($0)","caseInsensitive":true}"# }),
        ("contains, caseInsensitive", { #""path":{"contains":"/NOTHING\#($0)/","caseInsensitive":true}"# }),
        ("match", { #""match":["^nothing/\#($0)/%d+$"]"# }),
        ("match anywhere", { #""match":["nothing\#($0)"]"# }),
        ("unmatch", { _ in #""unmatch":["^bench/states/%d+/"]"# }),
    ]

    static var path: String { Messages.path(0) }

    private static func add(_ name: String, _ rule: ((Int) -> String)?) -> Benchmark {
        let yardstick: Benchmark.Yardstick = rule == nil ? .lookUp(20_000) : .benchmark("add and remove")
        return Benchmark(name: name, operation: "an add and a remove", yardstick: yardstick) { scale in
            let scene = Scene()
            let stranger = scene.connect()
            if let rule {
                scene.receive(all: (0..<scale(others)).map { Messages.fetch($0, rule($0)) }, from: stranger)
            }
            let owner = scene.connect()
            let count = rule == nil ? scale(20_000) : scale(25)
            let messages = (0..<count).flatMap { _ in [Messages.add(0), Messages.remove(0)] }
            return Run(operations: count, scene: scene, messagesOut: 2) {
                scene.time { scene.receive(all: messages, from: owner) }
            }
        }
    }
}
