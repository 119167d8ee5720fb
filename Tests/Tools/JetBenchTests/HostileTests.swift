import JSONText
import JetProtocol
import Synchronization
import Testing

@testable import JetBench

/// Attacks, small, on a daemon in this process. Whether the honest peers were served in time is not asked.
@Suite("Honest peers beside an attacker", .timeLimit(.minutes(5)))
struct HostileTests {
    private func results(
        _ endpoint: Endpoint, _ attacks: [String], grace: Double = 30
    ) async throws -> [HostileResult] {
        var benchmark = HostileBenchmark(
            target: .running(endpoint, pid: nil), attacks: attacks, seconds: 0.2, scale: 0.005)
        benchmark.grace = grace
        return try await onOwnThread { [benchmark] in
            var results: [HostileResult] = []
            try benchmark.run { results.append($0) }
            return results
        }
    }

    @Test(
        "have all of their answers, in order, and the attack is refused or answered",
        arguments: Attacks.names.filter { $0 != "logins" && $0 != "silent" })
    func complete(attack: String) async throws {
        try await withDaemon { daemon in
            for endpoint in [daemon.unix, daemon.tcp] {
                let results = try await results(endpoint, [attack])
                #expect(results.map(\.attack) == ["none", attack])
                for result in results {
                    #expect(result.problems == [])
                    #expect(result.skipped == nil)
                    for name in ["echo", "set", "connect"] { #expect((result[name]?.count ?? 0) > 0, "\(name)") }
                }
                #expect(results[0].tally.sent == 0 && results[0].tally.connections == 0)
                let tally = try #require(results.last?.tally)
                #expect(tally.connections > 0)
                #expect(tally.sent > 0)
                #expect(tally.answered <= tally.sent)
                #expect(try await daemon.isEmpty(), "nothing is left behind")
            }
        }
    }

    @Test("are not measured beside what needs a daemon that was started for it")
    func skipped() async throws {
        try await withDaemon { daemon in
            let results = try await results(daemon.unix, ["logins", "silent"])
            #expect(results.map { $0.skipped != nil } == [false, true, true])
        }
    }

    /// What was found with a daemon that says something else than it should.
    private func found(_ change: @escaping Meddler.Change) async throws -> [String] {
        try await withDaemon { daemon in
            let meddler = try Meddler(before: daemon.unix, change)
            return try await results(meddler.endpoint, [], grace: 0.5).flatMap(\.problems)
        }
    }

    @Test("are told of an answer that is missing, wrong or out of order")
    func wrong() async throws {
        let fifth = #"{"id":1000000005,"result":1000000005}"#
        let lost = try await found { $0 == fifth ? [] : [$0] }
        #expect(lost.contains { $0.hasPrefix("echo was answered out of order") }, "\(lost)")
        let silent = try await found { $0.contains(#""result":10000000"#) ? [] : [$0] }
        #expect(silent.contains { $0.hasPrefix("no answer to echo for ") }, "\(silent)")
        let wrong = try await found { [$0 == fifth ? #"{"id":1000000005,"result":7}"# : $0] }
        #expect(wrong == [#"echo was answered by {"id":1000000005,"result":7}"#])
        let held = Mutex<String?>(nil)
        let swapped = try await found { message in
            if message == fifth {
                held.withLock { $0 = message }
                return []
            }
            return [message]
                + (held.withLock { held in
                    defer { held = nil }; return held.map { [$0] }
                } ?? [])
        }
        #expect(swapped.contains { $0.hasPrefix("echo was answered out of order") }, "\(swapped)")
    }

    @Test("are told of a set that was refused, and of a value that went back")
    func sets() async throws {
        let refused = try await found { message in
            [message == #"{"id":1000000002,"result":true}"# ? #"{"id":1000000002,"error":{"code":-32001}}"# : message]
        }
        #expect(refused.first?.hasPrefix("set was answered by") == true, "\(refused)")
    }

    @Test("Answers of the daemon are counted by the limit, or by the key of the error")
    func tally() {
        var tally = Tally()
        let messages = [
            #"{"id":1,"result":true}"#,
            #"{"id":1,"result":[{"path":"a","value":{"error":{"code":-32010}}}]}"#,
            #"{"id":1,"error":{"code":-32010,"message":"Limit exceeded","data":{"limit":"walk","max":7}}}"#,
            #"{"error":{"code":-32010,"message":"Limit exceeded","data":{"limit":"messageSize","max":7}}}"#,
            #"{"id":1,"error":{"code":-32602,"message":"Invalid params","data":{"invalidUser":true}}}"#,
            #"{"id":1,"error":{"code":-32700,"message":"Parse error","data":"["}}"#,
        ]
        for message in messages { Array(message.utf8).withUnsafeBytes { tally.note($0) } }
        #expect(tally.refused == ["walk": 1, "messageSize": 1])
        #expect(tally.errors == ["invalidUser": 1, "-32700": 1])
        Array(#"{"method":"f","params":{}}"#.utf8).withUnsafeBytes { #expect(!Tally.isResponse($0)) }
    }
}
