import JSONText
import JetBus
import JetProtocol
import TestSupport
import Testing

/// jet-protocol(7) §7.5, `config`: `encoding?` (`"json"`, `"msgpack"`).
@Suite("jet-protocol(7) §7.5: config encoding")
struct EncodingTests {
    let bus = TestBus()

    // MARK: Switching

    @Test("the response to the switch is still JSON; all after it is MessagePack, in both directions")
    func switching() {
        let peer = bus.connect()
        peer.send(#"{"id":1,"method":"config","params":{"encoding":"msgpack","name":"packed"}}"#)
        #expect(peer.receivedTexts() == [#"{"id":1,"result":true}"#])
        #expect(peer.name == "packed")
        // {"id":2,"method":"echo","params":[1,"é"]} and {"id":2,"result":[1,"é"]}
        peer.send(bytes: [UInt8](hex: "83 a2 6964 02 a6 6d6574686f64 a4 6563686f a6 706172616d73 92 01 a2 c3a9"))
        #expect(peer.receivedBytes().map(\.hex) == ["82a2696402a6726573756c749201a2c3a9"])
    }

    @Test("and back: the response to that is still MessagePack")
    func switchingBack() {
        let packed = PackedPeer(of: bus)
        #expect(packed.ask("config", ["encoding": "json"]) == .done)
        #expect(packed.peer.ask("echo", [1]) == .result([1]))
        #expect(PackedPeer(switching: packed.peer).ask("echo", [2]) == .result([2]))
    }

    @Test("the encoding that is there already can be asked for")
    func sameAgain() {
        let packed = PackedPeer(of: bus)
        #expect(packed.ask("config", ["encoding": "msgpack"]) == .done)
        #expect(packed.ask("config", ["name": "still packed"]) == .done)
        #expect(packed.ask("config", ["encoding": "cbor"])?["error"]?["data"]?["wrongType"] == "encoding")
        #expect(
            packed.ask("config", ["encoding": "json", "colour": 1])?["error"]?["data"] == ["unknownParam": "colour"])
        #expect(packed.ask("echo", "still packed") == .result("still packed"))
    }

    @Test("a notification switches, too")
    func notification() {
        let peer = bus.connect()
        peer.notify("config", ["encoding": "msgpack"])
        peer.send(bytes: PlainMessagePack.pack(["id": 1, "method": "echo"]))
        #expect(peer.receivedBytes() == [PlainMessagePack.pack(["id": 1, "result": true])])
    }

    @Test("what waits in the outbox stays in the encoding in which it was due, however often that changes")
    func outbox() {
        let owner = bus.connect()
        let peer = bus.connect()
        owner.ask("add", ["path": "a", "value": 0])
        peer.ask("fetch", ["id": "f"])
        _ = peer.received()
        peer.isReading = false
        func change(to value: JSON) { owner.ask("change", ["path": "a", "value": value]) }
        change(to: 1)
        peer.send(["id": 1, "method": "config", "params": ["encoding": "msgpack"]])
        change(to: 2)
        peer.send(bytes: PlainMessagePack.pack(["id": 2, "method": "config", "params": ["encoding": "json"]]))
        change(to: 3)
        peer.send(["id": 3, "method": "config", "params": ["encoding": "msgpack"]])
        change(to: 4)
        peer.read()
        change(to: 5)
        peer.read()
        let event = { JSON.event("f", "change", "a", $0) }
        #expect(
            peer.receivedBytes() == [
                event(1).text, Array(#"{"id":1,"result":true}"#.utf8),
                PlainMessagePack.pack(event(2)), PlainMessagePack.pack(["id": 2, "result": true]),
                event(3).text, Array(#"{"id":3,"result":true}"#.utf8),
                PlainMessagePack.pack(event(4)), PlainMessagePack.pack(event(5)),
            ] as [[UInt8]])
    }

    @Test("what remains in a batch has come in its encoding, and is answered in the new one")
    func batch() {
        let peer = bus.connect()
        peer.send(
            #"[{"id":1,"method":"echo"},{"id":2,"method":"config","params":{"encoding":"msgpack"}},{"id":3,"method":"echo"}]"#
        )
        #expect(
            peer.receivedBytes() == [
                Array(#"{"id":1,"result":true}"#.utf8), Array(#"{"id":2,"result":true}"#.utf8),
                PlainMessagePack.pack(["id": 3, "result": true]),
            ])
        peer.send(
            bytes: PlainMessagePack.pack([
                ["id": 4, "method": "config", "params": ["encoding": "json"]], ["id": 5, "method": "echo"],
                ["id": 6, "method": "config", "params": ["encoding": "msgpack"]], ["id": 7, "method": "echo"],
            ]))
        #expect(
            peer.receivedBytes() == [
                PlainMessagePack.pack(["id": 4, "result": true]), Array(#"{"id":5,"result":true}"#.utf8),
                Array(#"{"id":6,"result":true}"#.utf8), PlainMessagePack.pack(["id": 7, "result": true]),
            ])
    }

    @Test("the next peer in the same place speaks JSON")
    func reuse() {
        let packed = PackedPeer(of: bus)
        packed.peer.isReading = false
        packed.send(["id": 1, "method": "echo"])
        packed.peer.disconnect()
        let next = bus.connect()
        #expect(next.id == packed.peer.id)
        #expect(next.ask("echo", [1]) == .result([1]))
    }

    @Test("info names the encodings")
    func features() {
        #expect(bus.connect().ask("info")?["result"]?["features"]?["encodings"] == ["json", "msgpack"])
        #expect(PackedPeer(of: bus).ask("info")?["result"]?["features"]?["encodings"] == ["json", "msgpack"])
    }

    @Test("on a WebSocket the frames of MessagePack are binary, those of JSON text")
    func webSocket() {
        let bus = Bus()
        let peer = bus.connect(framing: .webSocket)
        let config = Array(#"{"id":1,"method":"config","params":{"encoding":"msgpack"}}"#.utf8)
        _ = bus.receive(config.span.bytes, from: peer, at: 0)
        _ = bus.receive(PlainMessagePack.pack(["id": 2, "method": "echo"]).span.bytes, from: peer, at: 0)
        var output: [UInt8] = []
        bus.withOutput(of: peer) { output = Array($0) }
        let packed = PlainMessagePack.pack(["id": 2, "result": true])
        let text = Array(#"{"id":1,"result":true}"#.utf8)
        #expect(output == [0x81, UInt8(text.count)] + text + [0x82, UInt8(packed.count)] + packed)
    }

    // MARK: Between peers of both encodings

    @Test(
        "a request is routed to an owner of the other encoding and back; its id comes back as it was",
        arguments: ["one", "", "\"\\\u{0}é😀", 1, 0, -1, 4_294_967_296, 1.5] as [JSON], [true, false])
    func routed(id: JSON, isOwnerPacked: Bool) {
        let (packed, plain) = (PackedPeer(of: bus), bus.connect())
        if isOwnerPacked {
            #expect(packed.ask("add", ["path": "a", "value": 1]) == .done)
            plain.send(["id": id, "method": "set", "params": ["path": "a", "value": ["x": [1.5, nil]]]])
            let request = packed.received().first
            #expect(request?.without("id") == ["method": "a", "params": ["value": ["x": [1.5, nil]]]])
            packed.send(["id": request?["id"] ?? nil, "result": [false]])
            #expect(plain.received() == [["id": id, "result": [false]]])
        } else {
            #expect(plain.ask("add", ["path": "a"]) == .done)
            packed.send(["id": id, "method": "call", "params": ["path": "a", "args": [1, ["b": -70_000]]]])
            let request = plain.takeRouted()
            #expect(request?["params"] == [1, ["b": -70_000]])
            plain.answer(request, ["error": ["code": 7, "message": "no"]])
            #expect(packed.received() == [["id": id, "error": ["code": 7, "message": "no"]]])
        }
    }

    @Test("values and paths go from one to the other", arguments: 1...4 as ClosedRange<UInt64>)
    func values(seed: UInt64) {
        var generator = ValueGenerator(seed: seed)
        let (packed, plain) = (PackedPeer(of: bus), bus.connect())
        packed.ask("fetch", ["id": 1, "path": ["startsWith": "plain"]])
        plain.ask("fetch", ["id": "p", "path": ["startsWith": "packed"]])
        for number in 0..<50 {
            let value = generator.value()
            let path = "/\(generator.string())/\(number)"
            plain.notify("add", ["path": .string("plain" + path), "value": value])
            // What MessagePack makes of a number is the nearest it has.
            let packedValue = PlainMessagePack.unpack(PlainMessagePack.pack(value))
            #expect(packed.received() == [.event(1, "add", "plain" + path, packedValue)])
            packed.send(["method": "add", "params": ["path": .string("packed" + path), "value": value]])
            #expect(plain.received() == [.event("p", "add", "packed" + path, packedValue)])
        }
    }

    @Test("a fetch by rule, a sorted one and a get: the rule comes in MessagePack, and what it finds goes in it")
    func fetches() {
        let (packed, owner) = (PackedPeer(of: bus), bus.connect())
        for number in 0..<20 { owner.notify("add", ["path": .string("s/\(number)"), "value": .number(number)]) }
        let rule: JSON = [
            "id": "top", "value": ["greaterThan": 9.5], "sort": ["byValue": "number", "descending": true, "to": 2],
        ]
        packed.send(["id": 1, "method": "fetch", "params": rule])
        #expect(
            packed.received() == [
                ["id": 1, "result": true],
                [
                    "method": "top",
                    "params": [
                        "changes": [
                            ["path": "s/19", "value": 19, "index": 1], ["path": "s/18", "value": 18, "index": 2],
                        ], "n": 2,
                    ],
                ],
            ])
        owner.notify("change", ["path": "s/3", "value": 1e300])
        #expect(packed.received().first?["params"]?["changes"]?[0] == ["path": "s/3", "value": 1e300, "index": 1])
        #expect(packed.ask("get", [:])?["result"]?.array?.count == 20)
    }

    @Test("a snapshot that is rendered in chunks, and what is conflated, are MessagePack to the last")
    func slowPeer() {
        let bus = TestBus {
            $0.snapshotChunk = 256
            $0.outboxLimit = 1024
        }
        let (packed, owner) = (PackedPeer(of: bus), bus.connect())
        for number in 0..<100 { owner.notify("add", ["path": .string("s/\(number)"), "value": 0]) }
        packed.peer.isReading = false
        packed.send(["id": 1, "method": "fetch", "params": ["id": 1]])
        for value in 1...50 {
            for number in 0..<100 { owner.notify("change", ["path": .string("s/\(number)"), "value": .number(value)]) }
        }
        packed.peer.readAll()
        var known: [String: JSON] = [:]
        for message in packed.received().dropFirst() {
            #expect(message["method"] == 1)
            if let path = message["params"]?["path"]?.string { known[path] = message["params"]?["value"] }
        }
        #expect(known.count == 100)
        #expect(known.values.allSatisfy { $0 == 50 })
        #expect(bus.statistics.conflated > 0)
    }

    // MARK: What cannot be read

    @Test(
        "what is no MessagePack gets a parse error with its bytes in hexadecimal digits, and the connection stays open")
    func parseError() {
        let packed = PackedPeer(of: bus)
        for bytes in ["c1", "82a2696401", "d6ff00000000", "81a161cb7ff8000000000000"] {
            packed.send(bytes: [UInt8](hex: bytes))
            #expect(packed.received() == [.error(-32700, "Parse error", .string(bytes))])
        }
        // JSON is none: a number, and bytes behind it.
        packed.peer.send(#"{"id":1,"method":"echo"}"#)
        #expect(packed.received().first?["error"]?["code"] == -32700)
        #expect(packed.ask("echo", [1]) == .result([1]))
    }

    @Test("16 of them in a row close the peer")
    func manyParseErrors() {
        let packed = PackedPeer(of: bus)
        for _ in 0..<15 { packed.send(bytes: [0xC1]) }
        packed.ask("echo")
        for _ in 0..<15 { packed.send(bytes: [0xC1]) }
        #expect(!packed.peer.isClosing)
        packed.send(bytes: [0xC1])
        #expect(packed.peer.isClosing)
    }

    @Test("what is no message is an invalid request, as in JSON")
    func invalidRequest() {
        let packed = PackedPeer(of: bus)
        packed.send(7)
        #expect(packed.received() == [.error(-32600, "Invalid Request", 7)])
        packed.send(["id": [], "method": "echo"])
        #expect(packed.received() == [.error(-32600, "Invalid Request", ["id": [], "method": "echo"])])
        #expect(packed.ask("dim")?["error"]?["data"] == "dim")
    }

    @Test("a message that would be too long in JSON closes the peer, as one that is too long does")
    func tooLong() {
        let bus = TestBus { $0.messageLimit = 1000 }
        let packed = PackedPeer(of: bus)
        #expect(packed.ask("echo", .string(String(repeating: "x", count: 900)))?["result"] != nil)
        packed.send(["id": 1, "method": "echo", "params": .string(String(repeating: "\u{1}", count: 200))])
        #expect(packed.received() == [.error(-32010, "Limit exceeded", ["limit": "messageSize", "max": 1000])])
        #expect(packed.peer.isClosing)
    }

    @Test("the deepest value that fits into a message comes back in whatever is written around it")
    func depth() {
        let packed = PackedPeer(of: bus)
        let deep = (0..<126).reduce(JSON.null) { value, _ in [value] }
        #expect(packed.ask("add", ["path": "a", "value": deep]) == .done)
        #expect(packed.ask("get", [:]) == .result([.entry("add", "a", deep)]))
        packed.send(["id": [deep], "method": "echo"])
        #expect(packed.received() == [.error(-32600, "Invalid Request", ["id": [deep], "method": "echo"])])
        packed.send(["id": 1, "method": "echo", "params": [[deep]]])
        #expect(packed.received().first?["error"]?["code"] == -32700)
    }
}
