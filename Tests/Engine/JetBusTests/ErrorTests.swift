import JSONText
import JetBus
import JetProtocol
import Testing

/// jet-protocol(7) §5: each row of the table of errors. The data of -32602 are with the methods that give them.
@Suite("jet-protocol(7) §5: errors")
struct ErrorTests {
    let bus = TestBus()
    let peer: TestPeer

    init() { peer = bus.connect() }

    // MARK: -32700 Parse error | the text that would not parse, cut at 1,024 characters; no id; the connection stays open

    @Test(
        "-32700: the text that would not parse; no id member; the connection stays open",
        arguments: ["", "{", #"{"id":1,"method":"info""#, "nonsense", #"{"id":01}"#, "{}{}", "\u{0}", #"{"a":"\x"}"#])
    func parseError(text: String) {
        peer.send(text)
        let answer: JSON = ["error": ["code": -32700, "message": "Parse error", "data": .string(text)]]
        #expect(peer.received() == [answer])
        #expect(!peer.isClosing)
        #expect(peer.ask("echo", 1) == .result(1))
    }

    @Test("-32700: cut at 1,024 characters")
    func longParseError() {
        peer.send(String(repeating: "é", count: 5000))
        let expected = JSON.string(String(repeating: "é", count: 1024))
        #expect(peer.received() == [.error(-32700, "Parse error", expected)])
    }

    @Test("-32700: bytes that are no UTF-8 are answered in UTF-8")
    func noUTF8() {
        peer.send(bytes: [0x22, 0xFF, 0x22])
        #expect(peer.received() == [.error(-32700, "Parse error", "\"\u{FFFD}\"")])
    }

    @Test("-32700: a peer that sends 16 in a row is closed, after the last answer")
    func sixteen() {
        for _ in 0..<15 { peer.send("{") }
        #expect(!peer.isClosing)
        #expect(peer.received().count == 15)
        peer.send("{")
        #expect(peer.isClosing)
        #expect(peer.received().count == 1)
        peer.send(["id": 1, "method": "info"])
        #expect(peer.received() == [])
    }

    @Test(
        "-32700: one text that parses, and the count starts anew",
        arguments: ["1", "[]", "{}", #"{"method":"nonsense"}"#, #"{"id":1,"method":"info"}"#])
    func fifteen(text: String) {
        for _ in 0..<4 {
            for _ in 0..<15 { peer.send("{") }
            peer.send(text)
        }
        #expect(!peer.isClosing)
    }

    @Test("-32700: nesting deeper than 128 is a parse error, in a message and in a batch")
    func depth() {
        func nested(_ count: Int) -> String {
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        peer.send(#"{"id":1,"method":"echo","params":\#(nested(127))}"#)
        #expect(peer.received().map { $0["id"] } == [1])
        peer.send(#"{"id":1,"method":"echo","params":\#(nested(128))}"#)
        #expect(peer.received().map { $0["error"]?["code"] } == [-32700])
        peer.send(#"[{"id":1,"method":"echo","params":\#(nested(126))}]"#)
        #expect(peer.received().map { $0["id"] } == [1])
        peer.send(#"[{"id":1,"method":"echo","params":\#(nested(127))}]"#)
        #expect(peer.received().map { $0["error"]?["code"] } == [-32700])
        peer.send(nested(100_000))
        #expect(peer.received().map { $0["error"]?["code"] } == [-32700])
    }

    // MARK: -32600 Invalid Request | the message itself

    @Test("-32600: for what is no object; answered without id", arguments: ["1", "null", #""text""#, "true", "-1.50"])
    func noObject(text: String) {
        peer.send(text)
        #expect(
            peer.receivedTexts() == [
                #"{"error":{"code":-32600,"message":"Invalid Request","data":\#(text)}}"#
            ])
    }

    @Test("-32600: for what has neither method nor result/error; answered without id if it had none")
    func neither() {
        peer.send(#"{"id":"\u0041","params":{}}"#)
        peer.send(#" {"params": [1.0] } "#)
        peer.send("{}")
        #expect(
            peer.receivedTexts() == [
                #"{"id":"\u0041","error":{"code":-32600,"message":"Invalid Request","data":{"id":"\u0041","params":{}}}}"#,
                #"{"error":{"code":-32600,"message":"Invalid Request","data":{"params": [1.0] }}}"#,
                #"{"error":{"code":-32600,"message":"Invalid Request","data":{}}}"#,
            ])
    }

    @Test("-32600: for a method that is no string", arguments: [1, nil, ["info"], [:], true] as [JSON])
    func wrongMethod(method: JSON) {
        let message: JSON = ["id": 1, "method": method]
        peer.send(message)
        #expect(peer.answer(to: 1) == .error(-32600, "Invalid Request", message))
        peer.send(["method": method, "result": 1])
        #expect(peer.received() == [.error(-32600, "Invalid Request", ["method": method, "result": 1])])
    }

    @Test(
        "-32600: an id that is neither string nor number is answered without id",
        arguments: [nil, true, [1], [:]] as [JSON])
    func wrongID(id: JSON) {
        for message in [["id": id, "method": "info"], ["id": id, "result": 1], ["id": id]] as [JSON] {
            peer.send(message)
            #expect(peer.received() == [.error(-32600, "Invalid Request", message)])
        }
    }

    // MARK: -32601 Method not found | the method's name

    @Test(
        "-32601: the method's name", arguments: ["nonsense", "", "Add", "add ", "authenticate2", "😀", "get\0", "\0get"])
    func methodNotFound(name: String) {
        #expect(peer.ask(name, [1]) == .error(-32601, "Method not found", .string(name)))
    }

    @Test("-32601: a name that was written with escapes")
    func escapedMethod() {
        peer.send(#"{"id":1,"method":"\u0022\n"}"#)
        #expect(peer.answer(to: 1) == .error(-32601, "Method not found", "\"\n"))
    }

    // MARK: -32602 Invalid params

    @Test("-32602: missingParam and wrongType carry the params as they were written")
    func got() {
        peer.send(#"{"id":1,"method":"add","params":{ "value":1.50 }}"#)
        peer.send(#"{"id":2,"method":"add","params":{"path":"\u0041","fetchOnly":1.0}}"#)
        let error = { (id: Int, data: String) in
            #"{"id":\#(id),"error":{"code":-32602,"message":"Invalid params","data":\#(data)}}"#
        }
        #expect(
            peer.receivedTexts() == [
                error(1, #"{"missingParam":"path","got":{ "value":1.50 }}"#),
                error(2, #"{"wrongType":"fetchOnly","got":{"path":"\u0041","fetchOnly":1.0}}"#),
            ])
    }

    // MARK: -32010 Limit exceeded

    @Test("-32010: requests of one peer that wait for an answer are limited; the others are not concerned")
    func pendingRequestLimit() {
        let bus = TestBus { $0.pendingRequestLimit = 3 }
        let owner = bus.connect()
        let caller = bus.connect()
        owner.ask("add", ["path": "m"])
        for _ in 0..<3 { #expect(caller.ask("call", ["path": "m"]) == nil) }
        let limit: JSON = ["limit": "pendingRequests", "max": 3]
        #expect(caller.ask("call", ["path": "m"]) == .error(-32010, "Limit exceeded", limit))
        #expect(bus.connect().ask("call", ["path": "m"]) == nil)
        // A notification waits for nothing.
        caller.notify("call", ["path": "m", "args": ["last"]])
        #expect(owner.received().last?["params"] == ["last"])
    }

    @Test("-32010: the gets of one batch walk over so many elements at most; the next message is answered again")
    func walkLimit() {
        let bus = TestBus { $0.walkLimit = 250 }
        let peer = bus.connect()
        for number in 0..<100 { peer.notify("add", ["path": .string("\(number)"), "value": 1]) }
        let get: JSON = ["id": 1, "method": "get", "params": ["path": ["startsWith": "x"]]]
        let refusal = JSON.error(-32010, "Limit exceeded", ["limit": "walk", "max": 250])["error"] ?? .null
        for _ in 0..<2 {
            peer.send([get, get, get, get, ["id": 2, "method": "echo"]])
            let found: JSON = ["id": 1, "result": []]
            #expect(peer.received() == [found, found, found, ["id": 1, "error": refusal], ["id": 2, "result": true]])
        }
    }

    @Test("-32602: a predicate that looks for more than a thousand texts, or patterns, is a bad rule")
    func manySearches() {
        let bus = TestBus()
        let peer = bus.connect()
        func texts(_ count: Int) -> JSON { .array(Array(repeating: "x", count: count)) }
        for name in ["containsOneOf", "containsAllOf"] {
            #expect(peer.ask("get", ["path": [name: texts(1000)]]) == .result([]))
            let rule: JSON = ["at": .string("path.\(name)"), "reason": "must have at most 1000 strings"]
            #expect(peer.ask("get", ["path": [name: texts(1001)]]) == .refused(["badRule": rule]))
        }
        let rule: JSON = ["at": "match", "reason": "must have at most 1000 patterns"]
        #expect(peer.ask("get", ["match": texts(1001)]) == .refused(["badRule": rule]))
        // Exact paths are found by an index, however many.
        #expect(peer.ask("get", ["path": ["equalsOneOf": texts(5000)]]) == .result([]))
    }

    @Test("-32010: each answer makes room for another request")
    func pendingRequestLimitAgain() {
        let bus = TestBus { $0.pendingRequestLimit = 2 }
        let owner = bus.connect()
        let caller = bus.connect()
        owner.ask("add", ["path": "m"])
        for _ in 0..<10 {
            #expect(caller.ask("call", ["path": "m"]) == nil)
            owner.answer(owner.takeRouted(), .done)
        }
        for _ in 0..<2 { #expect(caller.ask("call", ["path": "m", "timeout": 1]) == nil) }
        bus.pass(seconds: 1)
        #expect(caller.ask("call", ["path": "m"]) == nil)
    }

    @Test("-32010: the bytes of requests that wait for an answer are limited; each answer gives them back")
    func pendingBytesLimit() {
        let bus = TestBus { $0.pendingBytesLimit = 1000 }
        let owner = bus.connect()
        let caller = bus.connect()
        owner.ask("add", ["path": "m"])
        let long: JSON = ["path": "m", "args": [.string(String(repeating: "x", count: 600))]]
        for _ in 0..<3 {
            for _ in 0..<2 { #expect(caller.ask("call", long) == nil) }
            let limit: JSON = ["limit": "pendingBytes", "max": 1000]
            #expect(caller.ask("call", ["path": "m"]) == .error(-32010, "Limit exceeded", limit))
            for _ in 0..<2 { owner.answer(owner.takeRouted(), .done) }
        }
        #expect(bus.statistics.pendingRequests == 0)
    }

    @Test("-32010: an owner that does not read is asked no more than its outbox holds")
    func ownerOutbox() {
        let bus = TestBus { $0.outboxLimit = 500 }
        let owner = bus.connect()
        let caller = bus.connect()
        owner.ask("add", ["path": "m"])
        owner.isReading = false
        let args: JSON = [.string(String(repeating: "x", count: 100))]
        var answers: [JSON] = []
        for _ in 0..<100 { if let answer = caller.ask("call", ["path": "m", "args": args]) { answers.append(answer) } }
        #expect(answers.count > 80)
        let limit: JSON = ["limit": "outbox of the owner", "max": 1000]
        #expect(answers.allSatisfy { $0 == .error(-32010, "Limit exceeded", limit) })
        owner.readAll()
        owner.isReading = true
        #expect(caller.ask("call", ["path": "m", "args": args]) == nil)
    }

    // MARK: The shell's own

    @Test("a shell can refuse a peer: it is told why, and closed")
    func refuse() {
        bus.bus.refuse(peer.id, with: .limitExceeded(.messageSize, max: 5))
        bus.deliver()
        #expect(peer.isClosing)
        #expect(peer.received() == [.error(-32010, "Limit exceeded", ["limit": "messageSize", "max": 5])])
        bus.bus.refuse(peer.id, with: .limitExceeded(.messageSize, max: 5))
        bus.deliver()
        #expect(peer.received() == [])
    }
}
