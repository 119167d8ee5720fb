import Jet
import TestSupport
import Testing

@testable import JetCommand

/// `jet` and `jetd` as processes: what is printed, and how it ends.
@Suite("jet set and jet call")
struct ActingTests {
    @Test("set gives the owner the value, and says nothing")
    func set() async throws {
        let bus = try await TestBus()
        let state = try await bus.peer.addState("lamp/level", 1 as JSON) { _ in .accept }
        for (text, value) in [("-5", -5), ("true", true), (#"{"a":[1]}"#, ["a": [1]])] as [(String, JSON)] {
            let run = try await bus.jet("set", "lamp/level", text)
            #expect(run.status == 0)
            #expect(run.output + run.error == "")
            #expect(state.value == value)
        }
        #expect(try await bus.jet("set", "lamp/level", "on", "--string").status == 0)
        #expect(state.value == "on")
    }

    @Test("set --value prints what the owner made of it; --json what it answered")
    func adjusted() async throws {
        let bus = try await TestBus()
        try await bus.peer.addState("lamp/level", 1) { .adjust(min($0.value, 100)) }
        #expect(try await bus.jet("set", "lamp/level", "300", "--value").output == "100\n")
        #expect(
            try await bus.jet("set", "lamp/level", "3", "--json").output
                == "{\"path\":\"lamp/level\",\"result\":true}\n")
    }

    @Test("what the owner refuses ends with 1, in the owner's words")
    func refused() async throws {
        let bus = try await TestBus()
        try await bus.peer.addState("door", false) { _ in
            throw JetError(.other(17), "it is jammed", data: ["by": "ice"])
        }
        let run = try await bus.jet("set", "door", "true")
        #expect(run.status == 1)
        #expect(run.error == "jet: Refused: it is jammed.\ncode 17, {\"by\":\"ice\"}\n")
        #expect(run.output == "")
    }

    @Test("a refusal that names the field says it once; what the owner answers beside true is printed")
    func answers() async throws {
        let bus = try await TestBus()
        try await bus.peer.addState("net", 0) { request in
            if request.value < 0 {
                throw JetError(
                    .invalidParams, "'mtu' is too small.", data: ["field": "mtu", "reason": "is too small"])
            }
            return .answer(["token": "x"])
        }
        #expect(try await bus.jet("set", "net", "-1").error == "jet: Refused: 'mtu' is too small.\n")
        #expect(try await bus.jet("set", "net", "1").output == "{\"token\":\"x\"}\n")
    }

    @Test("without --timeout the element says how long its owner may take")
    func patience() async throws {
        let bus = try await TestBus()
        let options = ElementOptions(timeout: .milliseconds(50))
        try await bus.peer.addMethod("slow", options: options) { try await Task.sleep(for: .seconds(60)) }
        let run = try await bus.jet("call", "slow")
        #expect(run.status == 4)
        #expect(run.error.contains("The owner of the element did not answer in time."))
    }

    @Test(
        "what cannot be done ends with 1 and says what can",
        arguments: [
            (["set", "nope", "1"], "jet ls"), (["call", "nope"], "jet ls"), (["set", "fixed", "1"], "is read-only"),
            (["set", "method", "1"], "jet call 'method'"),
            (["call", "fixed"], "read-only State.\nTo print it: jet get 'fixed'"),
            (["call", "free"], "jet set 'free'"),
        ])
    func impossible(arguments: [String], says: String) async throws {
        let bus = try await TestBus()
        try await bus.peer.addState("fixed", 1)
        try await bus.peer.addState("free", 1) { _ in .accept }
        try await bus.peer.addMethod("method") { (_: JSON) in true }
        let process = try bus.start(arguments)
        #expect(try await process.end() == 1)
        #expect(process.text(.error).contains(says))
    }

    @Test(
        "call hands the arguments over and prints the result",
        arguments: [
            ([], "{}"), (["[1,2]"], "[1,2]"), (["1", "2"], "[1,2]"), ([#"{"times":3}"#], #"{"times":3}"#),
            (["--string", "Ada", "-5"], #"["Ada","-5"]"#), (["-5"], "[-5]"),
        ])
    func call(arguments: [String], given: String) async throws {
        let bus = try await TestBus()
        try await bus.peer.addMethod("echo") { (arguments: JSON) in arguments }
        let process = try bus.start(["call", "echo"] + arguments)
        #expect(try await process.end() == 0)
        #expect(process.text() == given + "\n")
    }

    @Test("call --json names the path")
    func callJSON() async throws {
        let bus = try await TestBus()
        try await bus.peer.addMethod("echo") { (_: JSON) in false }
        #expect(try await bus.jet("call", "echo", "--json").output == "{\"path\":\"echo\",\"result\":false}\n")
    }

    @Test("an owner that does not answer in time ends it with 4")
    func timeout() async throws {
        let bus = try await TestBus()
        try await bus.peer.addMethod("slow") { (_: JSON) in
            try await Task.sleep(for: .seconds(60))
        }
        let run = try await bus.jet("call", "slow", "--timeout", "0.05")
        #expect(run.status == 4)
        #expect(run.error.contains("--timeout"))
    }
}
