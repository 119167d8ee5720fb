import JSONText
import JetBus
import Testing

/// jet-protocol(7) §2, what it says of messages before the table.
@Suite("jet-protocol(7) §2: messages")
struct MessageTests {
    let bus = TestBus()
    let peer: TestPeer
    let other: TestPeer

    init() {
        peer = bus.connect()
        other = bus.connect()
    }

    @Test(
        "requests have an id (string or number, echoed byte for byte)",
        arguments: [
            "1", "-0", "1.50", "1e+03", "123456789012345678901234567890", "0.1e-7", #""""#, #""a""#, #""\u0041\n\/""#,
            #""😀""#, #""\ud83d\ude00""#,
        ])
    func echoedID(id: String) {
        peer.send(#"{"id":\#(id),"method":"add","params":{"path":"a"}}"#)
        peer.send(#"{"id":\#(id),"method":"add","params":{"path":"a"}}"#)
        #expect(
            peer.receivedTexts() == [
                #"{"id":\#(id),"result":true}"#,
                #"{"id":\#(id),"error":{"code":-32602,"message":"Invalid params","data":{"pathAlreadyExists":"a"}}}"#,
            ])
    }

    @Test("notifications have none and get no answer, not even an error")
    func notifications() {
        let params: JSON = ["path": "a", "value": 1, "id": 1, "name": "n", "user": "u", "password": "p"]
        for method in [
            "add", "change", "set", "call", "fetch", "unfetch", "get", "config", "info", "echo", "remove",
            "authenticate", "passwd",
        ] {
            peer.notify(method, params)
        }
        // What each of them refuses, and what none of them is.
        for method in ["add", "change", "remove", "set", "call", "fetch", "unfetch", "get", "config", "nonsense"] {
            peer.notify(method, [1])
            peer.send(["method": .string(method)])
        }
        #expect(peer.received().allSatisfy { $0["params"]?["event"] != nil || $0["params"]?["value"] != nil })
    }

    @Test("a notification does what its request would do")
    func notificationsCount() {
        other.ask("fetch", ["id": "f"])
        peer.notify("add", ["path": "a", "value": 1])
        peer.notify("change", ["path": "a", "value": 2])
        peer.notify("remove", ["path": "a"])
        #expect(
            other.received() == [
                .event("f", "add", "a", 1), .event("f", "change", "a", 2), .event("f", "remove", "a", 2),
            ])
        other.notify("unfetch", ["id": "f"])
        other.notify("fetch", ["id": "g"])
        peer.notify("add", ["path": "b", "value": 1])
        #expect(other.received() == [.event("g", "add", "b", 1)])
    }

    @Test("jsonrpc is ignored; unknown members are ignored")
    func unknownMembers() {
        peer.send(#"{"jsonrpc":"1.0","id":1,"method":"add","params":{"path":"a","colour":{"x":[]}},"extra":[1]}"#)
        #expect(peer.receivedTexts() == [#"{"id":1,"result":true}"#])
    }

    @Test("of duplicate members the last counts")
    func duplicates() {
        peer.send(
            #"{"id":1,"method":"remove","id":2,"params":{"path":"x"},"method":"add","params":{"path":"a","path":"b"}}"#)
        #expect(peer.receivedTexts() == [#"{"id":2,"result":true}"#])
        #expect(other.ask("get") == .result([.entry("add", "b")]))
    }

    @Test("names of members and methods may be written with escapes")
    func escapedNames() {
        peer.send(#"{"\u0069d":1,"method":"\u0061dd","params":{"p\u0061th":"a","v\u0061lue":1}}"#)
        #expect(peer.receivedTexts() == [#"{"id":1,"result":true}"#])
        #expect(other.ask("get") == .result([.entry("add", "a", 1)]))
    }

    @Test("white space between the parts of a message does not matter")
    func whiteSpace() {
        peer.send("\n { \"id\" : 1 , \"method\" : \"add\" , \"params\" : { \"path\" : \"a\" , \"value\" : [ 1 ] } }\t")
        #expect(peer.receivedTexts() == [#"{"id":1,"result":true}"#])
    }

    @Test("the daemon itself never sends arrays")
    func noArrays() {
        peer.send(#"[{"id":1,"method":"add","params":{"path":"a"}},{"id":2,"method":"info"},{"id":3,"method":"x"}]"#)
        let received = peer.received()
        #expect(received.count == 3)
        #expect(received.allSatisfy { $0.object != nil })
    }

    // MARK: Paths

    @Test(
        "paths are any non-empty string, __proto__ included",
        arguments: ["__proto__", "constructor", " ", "a/b/c", "\"", "\\", "/", "é", "😀", "\u{7F}", "\u{FFFF}", "null"])
    func anyPath(path: String) {
        #expect(peer.ask("add", ["path": .string(path), "value": 1]) == .done)
        #expect(other.ask("fetch", ["id": 1, "path": ["equals": .string(path)]]) == .done)
        #expect(peer.ask("change", ["path": .string(path), "value": 2]) == .done)
        #expect(other.ask("get") == .result([.entry("add", path, 2)]))
        #expect(peer.ask("remove", ["path": .string(path)]) == .done)
        #expect(
            other.received() == [.event(1, "add", path, 1), .event(1, "change", path, 2), .event(1, "remove", path, 2)])
    }

    @Test("an empty path is none", arguments: ["add", "remove", "change", "set", "call"])
    func emptyPath(method: String) {
        let params: JSON = ["path": "", "value": 1]
        #expect(peer.ask(method, params) == .refused(["wrongType": "path", "got": params]))
    }

    @Test(#"paths may hold NUL as \u0000"#)
    func nul() {
        peer.send(#"{"id":1,"method":"add","params":{"path":"a\u0000b","value":1}}"#)
        peer.send(#"{"id":2,"method":"add","params":{"path":"a\u0000c","value":2}}"#)
        peer.send(#"{"id":3,"method":"fetch","params":{"id":"f","path":{"endsWith":"\u0000c"}}}"#)
        peer.send(#"{"id":4,"method":"remove","params":{"path":"a"}}"#)
        #expect(
            peer.receivedTexts() == [
                #"{"id":1,"result":true}"#, #"{"id":2,"result":true}"#, #"{"id":3,"result":true}"#,
                #"{"method":"f","params":{"path":"a\u0000c","event":"add","value":2}}"#,
                #"{"id":4,"error":{"code":-32602,"message":"Invalid params","data":{"pathNotExists":"a"}}}"#,
            ])
    }

    @Test(
        #"paths are compared as their code points, so "\u0041" is "A""#,
        arguments: [
            (#"\u0041"#, "A"), (#"\/"#, "/"), (#"\ud83d\ude00"#, "😀"), (#"\u00e9"#, "é"), (#"\u0022"#, #"\""#),
            (#"\u000a"#, #"\n"#), (#"\u005C\u005c"#, #"\\\\"#),
        ])
    func escapedPath(written: String, same: String) {
        peer.send(#"{"id":1,"method":"add","params":{"path":"\#(written)","value":1}}"#)
        peer.send(#"{"id":2,"method":"add","params":{"path":"\#(same)"}}"#)
        peer.send(#"{"id":3,"method":"fetch","params":{"id":"f","path":{"equals":"\#(same)"}}}"#)
        peer.send(#"{"method":"change","params":{"path":"\#(same)","value":2}}"#)
        // The daemon writes a path in its plainest form, whatever form it came in.
        #expect(
            peer.receivedTexts() == [
                #"{"id":1,"result":true}"#,
                #"{"id":2,"error":{"code":-32602,"message":"Invalid params","data":{"pathAlreadyExists":"\#(same)"}}}"#,
                #"{"id":3,"result":true}"#, #"{"method":"f","params":{"path":"\#(same)","event":"add","value":1}}"#,
                #"{"method":"f","params":{"path":"\#(same)","event":"change","value":2}}"#,
            ])
    }

    @Test("letters that look alike are different paths")
    func codePoints() {
        #expect(peer.ask("add", ["path": "\u{E9}"]) == .done)
        #expect(peer.ask("add", ["path": "e\u{301}"]) == .done)
        #expect(peer.ask("add", ["path": "E\u{301}"]) == .done)
        #expect(bus.statistics.elements == 3)
    }

    @Test(
        "a lone surrogate escape is a parse error",
        arguments: [#"\ud83d"#, #"\ude00"#, #"\ud83dx"#, #"\ud83d\u0041"#, #"\ude00\ud83d"#])
    func loneSurrogate(escape: String) {
        let text = #"{"id":1,"method":"add","params":{"path":"\#(escape)"}}"#
        peer.send(text)
        #expect(peer.received() == [.error(-32700, "Parse error", .string(text))])
        #expect(bus.statistics.elements == 0)
    }
}
