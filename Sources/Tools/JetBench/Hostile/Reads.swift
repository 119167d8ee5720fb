import JetProtocol

/// *Lua patterns* that step back over every path.
final class LuaPatterns: Attack {
    static let name = "lua-patterns"
    static let summary = "gets with 100 costly Lua patterns over 500 paths"
    private var peers: [HostilePeer] = []
    private var request: [UInt8] = []
    private var owner: HostilePeer?

    func prepare(_ scene: Scene) throws(BenchError) {
        owner = try scene.populate(scene.scaled(500))
        let patterns = (0..<scene.scaled(100)).map { #"".-.-.-.-.-.-.-.-.-z\#($0)""# }.joined(separator: ",")
        request = Array(#"{"id":1,"method":"get","params":{"match":[\#(patterns)]}}"#.utf8)
    }

    func turn(_ scene: Scene) throws(BenchError) {
        try scene.keep(&peers, 1)
        for peer in peers where peer.inFlight < 1 { peer.send(request) }
    }
}

/// *Set operands*: as many values to look for as there are.
final class Operands: Attack {
    static let name = "operands"
    static let summary = "gets with hasAllOf and hasOneOf of 4,096 values, the most there may be, on an array of 20,000"
    private var peers: [HostilePeer] = []
    private var requests: [[UInt8]] = []
    private var next = 0
    private var owner: HostilePeer?

    func prepare(_ scene: Scene) throws(BenchError) {
        let (count, operands) = (scene.scaled(20_000), scene.scaled(4096))
        func array(_ numbers: some Sequence<Int>) -> String { "[\(numbers.map(String.init).joined(separator: ","))]" }
        let owner = try scene.publisher()
        self.owner = owner
        let value = array(0..<count)
        let add = #"{"id":1,"method":"add","params":{"path":"\#(scene.naming.prefix)array","value":\#(value)}}"#
        try scene.exchange(1, of: owner) { _ in owner.send(Array(add.utf8)) }
        requests = [("hasAllOf", array((0..<operands).reversed())), ("hasOneOf", array(count..<count + operands))].map {
            Array(#"{"id":1,"method":"get","params":{"value":{"\#($0)":\#($1)}}}"#.utf8)
        }
    }

    func turn(_ scene: Scene) throws(BenchError) {
        try scene.keep(&peers, 1)
        for peer in peers where peer.inFlight < 1 {
            peer.send(requests[next % requests.count])
            next += 1
        }
    }
}

/// *Reads that find little* among very much.
final class Prefix: Attack {
    static let name = "prefix"
    static let summary = "gets and fetches by startsWith with 10 matches among 200,000 elements"
    private var peers: [HostilePeer] = []
    private var requests: [[UInt8]] = []
    private var owner: HostilePeer?

    func prepare(_ scene: Scene) throws(BenchError) {
        let count = scene.scaled(200_000, least: 10)
        owner = try scene.populate(count)
        // The paths end with six digits, so that five of them name ten elements.
        let rule = #""path":{"startsWith":"\#(scene.naming.path(count / 2).dropLast())"}"#
        requests = ReadRequests.all(rule)
    }

    func turn(_ scene: Scene) throws(BenchError) { try ReadRequests.turn(scene, &peers, requests) }
}

/// *Sorting* all elements to show ten.
final class SortedReads: Attack {
    static let name = "sorted"
    static let summary = "gets and fetches sorted by value over 200,000 elements"
    private var peers: [HostilePeer] = []
    private var requests: [[UInt8]] = []
    private var owner: HostilePeer?

    func prepare(_ scene: Scene) throws(BenchError) {
        let count = scene.scaled(200_000)
        // In no order: 7919 is prime.
        owner = try scene.populate(count) { $0 * 7919 % count }
        requests = ReadRequests.all(
            #"\#(scene.naming.rule),"sort":{"byValueField":{"n":"number"},"descending":true,"from":1,"to":10}"#)
    }

    func turn(_ scene: Scene) throws(BenchError) { try ReadRequests.turn(scene, &peers, requests) }
}

/// A get, and a fetch that is ended again.
private enum ReadRequests {
    static func all(_ rule: String) -> [[UInt8]] {
        [
            #"{"id":1,"method":"get","params":{\#(rule)}}"#, #"{"id":1,"method":"fetch","params":{"id":"f",\#(rule)}}"#,
            #"{"id":1,"method":"unfetch","params":{"id":"f"}}"#,
        ].map { Array($0.utf8) }
    }

    /// Four of each are on their way.
    static func turn(_ scene: Scene, _ peers: inout [HostilePeer], _ requests: [[UInt8]]) throws(BenchError) {
        try scene.keep(&peers, 1)
        for peer in peers where peer.inFlight < 12 {
            for request in requests { peer.send(request) }
        }
    }
}

/// *A flood* of requests for everything.
final class Flood: Attack {
    static let name = "flood"
    static let summary = "10 connections with pipelined gets of all of 5,000 elements"
    private var peers: [HostilePeer] = []
    private var owner: HostilePeer?
    private let request = Array(#"{"id":1,"method":"get","params":{}}"#.utf8)

    func prepare(_ scene: Scene) throws(BenchError) { owner = try scene.populate(scene.scaled(5_000)) }

    func turn(_ scene: Scene) throws(BenchError) {
        try scene.keep(&peers, 10)
        for peer in peers { while peer.inFlight < 16, peer.isOpen { peer.send(request) } }
    }
}
