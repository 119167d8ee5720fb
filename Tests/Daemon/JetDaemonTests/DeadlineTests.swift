import JSONText
import JetBus
import JetDaemon
import JetProtocol
import TestSupport
import Testing

/// Deadlines, by the real clock: the loop wakes up for them though nothing else happens.
@Suite("Deadlines", .timeLimit(.minutes(5)))
struct DeadlineTests {
    @Test("an owner that never answers costs its caller the timeout, in a daemon that has nothing else to do")
    func silentOwner() async throws {
        try await withWitness { daemon in
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(#"{"id":1,"method":"add","params":{"path":"a","value":1}}"#)
            let caller = try RawPeer(daemon.tcp)
            let start = ContinuousClock.now
            let answer = try caller.ask(#"{"id":1,"method":"set","params":{"path":"a","value":2,"timeout":0.05}}"#)
            #expect(
                answer
                    == #"{"id":1,"error":{"code":-32001,"message":"Response Timeout","data":{"path":"a","value":2,"timeout":0.05}}}"#
            )
            #expect(ContinuousClock.now - start >= .milliseconds(50), "not before its time")
        }
    }

    @Test("many requests run out in the order of their deadlines, whatever the order in which they came")
    func manyTimeouts() async throws {
        try await withWitness { daemon in
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(#"{"id":1,"method":"add","params":{"path":"m"}}"#)
            let caller = try RawPeer(daemon.unix)
            var random = SeededGenerator(seed: 5)
            // Steps of 5 ms, all in one message, so that they count from the same moment.
            let steps = Array(1...40).shuffled(using: &random)
            let calls = steps.map {
                #"{"id":\#($0),"method":"call","params":{"path":"m","timeout":\#(Double($0) * 0.005)}}"#
            }
            try caller.say("[\(calls.joined(separator: ","))]")
            for step in 1...40 {
                let answer = try caller.hearValue()
                #expect(answer["id"] == .number(step))
                #expect(answer["error"]?["code"] == -32001)
            }
            let statistics = try daemon.statistics()
            #expect(statistics.pendingRequests == 0)
        }
    }

    @Test("a sooner deadline is not missed because a later one was set first")
    func soonerAfterLater() async throws {
        try await withWitness { daemon in
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(#"{"id":1,"method":"add","params":{"path":"m","timeout":3600}}"#)
            let caller = try RawPeer(daemon.unix)
            try caller.say(#"{"id":"late","method":"call","params":{"path":"m"}}"#)
            try caller.say(#"{"id":"soon","method":"call","params":{"path":"m","timeout":0.01}}"#)
            let answer = try caller.hearValue()
            #expect(answer["id"] == "soon")
            let statistics = try daemon.statistics()
            #expect(statistics.pendingRequests == 1)
        }
    }

    @Test("a deadline that never comes can be waited for", arguments: ["1e300", "1e-300", "0", "9223372036854775807"])
    func extremeTimeouts(timeout: String) async throws {
        try await withWitness { daemon in
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(#"{"id":1,"method":"add","params":{"path":"m"}}"#)
            let caller = try RawPeer(daemon.unix)
            try caller.say(#"{"id":1,"method":"call","params":{"path":"m","timeout":\#(timeout)}}"#)
            let id = try owner.hearValue()["id"]?.string ?? ""
            try owner.say(#"{"id":"\#(id)","result":1}"#)
            let answer = try caller.hearValue()
            #expect(answer["id"] == 1)
        }
    }
}
