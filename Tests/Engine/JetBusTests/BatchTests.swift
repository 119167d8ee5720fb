import JSONText
import JetBus
import Testing

/// jet-protocol(7) §1: "an array of them (a *batch*: handled in order, as if they had come one by one)".
@Suite("jet-protocol(7) §1: batches")
struct BatchTests {
    let bus = TestBus()
    let peer: TestPeer
    let viewer: TestPeer

    init() {
        peer = bus.connect()
        viewer = bus.connect()
        viewer.ask("fetch", ["id": "f"])
    }

    @Test("a batch is handled in order, as if its messages had come one by one")
    func order() {
        peer.send(
            [
                ["id": 1, "method": "add", "params": ["path": "a", "value": 1]],
                ["method": "change", "params": ["path": "a", "value": 2]],
                ["id": 2, "method": "add", "params": ["path": "a"]],
                ["id": 3, "method": "remove", "params": ["path": "a"]],
                ["id": 4, "method": "add", "params": ["path": "a", "value": 3]],
            ])
        #expect(
            peer.received() == [
                ["id": 1, "result": true], .idError(2, ["pathAlreadyExists": "a"]), ["id": 3, "result": true],
                ["id": 4, "result": true],
            ])
        #expect(
            viewer.received() == [
                .event("f", "add", "a", 1), .event("f", "change", "a", 2), .event("f", "remove", "a", 2),
                .event("f", "add", "a", 3),
            ])
    }

    @Test("an owner answers and changes in one batch, as classic peers do")
    func classicOwner() {
        let caller = bus.connect()
        peer.ask("add", ["path": "a", "value": 1])
        caller.ask("set", ["path": "a", "value": 2])
        let routed = peer.takeRouted()
        peer.send([
            ["id": routed?["id"] ?? nil, "result": true], ["method": "change", "params": ["path": "a", "value": 2]],
        ])
        #expect(caller.answer(to: "ask 1") == .done)
        #expect(viewer.received().last == .event("f", "change", "a", 2))
    }

    @Test("an error costs one message of a batch, not the others")
    func errors() {
        peer.send([["id": 1, "method": "nonsense"], ["id": 2, "method": "echo", "params": [5]]])
        #expect(
            peer.received() == [
                ["id": 1, "error": ["code": -32601, "message": "Method not found", "data": "nonsense"]],
                ["id": 2, "result": [5]],
            ])
    }

    @Test("what is no object inside a batch is an Invalid Request, one for each")
    func noObjects() {
        peer.send(#"[1, "x", null, [{"id":1,"method":"info"}], [ ], {"id":2,"method":"echo","params":1.50}, {} ]"#)
        let invalid = { (text: String) in
            #"{"error":{"code":-32600,"message":"Invalid Request","data":\#(text)}}"#
        }
        #expect(
            peer.receivedTexts() == [
                invalid("1"), invalid(#""x""#), invalid("null"), invalid(#"[{"id":1,"method":"info"}]"#),
                invalid("[ ]"),
                #"{"id":2,"result":1.50}"#, invalid("{}"),
            ])
    }

    @Test("an empty batch asks for nothing and gets nothing")
    func empty() {
        peer.send("[]")
        peer.send(" [ ] ")
        #expect(peer.received() == [])
    }

    @Test(
        "a batch that will not parse is refused as a whole: nothing of it is done",
        arguments: [
            #"[{"id":1,"method":"add","params":{"path":"a"}},{"id":2]"#,
            #"[{"id":1,"method":"add","params":{"path":"a"}}"#, #"[{"id":1,"method":"add","params":{"path":"a"}},]"#,
            #"[{"id":1,"method":"add","params":{"path":"a"}}]x"#,
            #"[{"id":1,"method":"add","params":{"path":"a"}} {"id":2,"method":"info"}]"#,
        ])
    func broken(text: String) {
        peer.send(text)
        #expect(peer.received() == [.error(-32700, "Parse error", .string(text))])
        #expect(bus.statistics.elements == 0)
        #expect(viewer.received() == [])
    }

    @Test("the values of a batch pass as they were written")
    func verbatim() {
        peer.send(
            #"[ {"method":"add","params":{"path":"a","value":{"n": 1.500, "s":"\u0041"}}} , {"id":"x","method":"get"} ]"#
        )
        #expect(
            peer.receivedTexts() == [
                #"{"id":"x","result":[{"path":"a","event":"add","value":{"n": 1.500, "s":"\u0041"}}]}"#
            ])
    }

    @Test("one batch after another, short and long, starts from nothing")
    func several() {
        for round in 0..<3 {
            let many = (0..<2000).map { number -> JSON in
                ["method": "add", "params": ["path": .string("\(round)/\(number)"), "value": .number(number)]]
            }
            peer.send(.array(many))
            peer.send([["id": .number(round), "method": "echo"]])
            #expect(peer.received() == [["id": .number(round), "result": true]])
        }
        #expect(bus.statistics.elements == 6000)
    }
}

extension JSON {
    /// An answer to the request `id` that refuses its params.
    static func idError(_ id: JSON, _ data: JSON) -> JSON {
        ["id": id, "error": JSON.refused(data)["error"] ?? nil]
    }
}
