import JSONText
import JetBus
import JetProtocol
import Testing

/// How the messages in a peer's output are told apart: as the peer needs it.
@Suite("Framing of the output")
struct FramingTests {
    @Test("for a WebSocket each message is a text frame, whose header grows with it", arguments: [3, 200, 70_000])
    func webSocket(length: Int) {
        let bus = Bus()
        let peer = bus.connect(framing: .webSocket)
        let text = String(repeating: "x", count: length)
        let requests = [#"{"id":1,"method":"echo","params":["\#(text)"]}"#, #"{"id":2,"method":"echo"}"#]
        for request in requests { _ = bus.receive(Array(request.utf8).span.bytes, from: peer, at: 0) }
        var output: [UInt8] = []
        bus.withOutput(of: peer) { output = Array($0) }
        let first = Array(#"{"id":1,"result":["\#(text)"]}"#.utf8)
        let header: [UInt8] =
            switch first.count {
            case ...125: [0x81, UInt8(first.count)]
            case ...65_535: [0x81, 126, UInt8(first.count >> 8), UInt8(first.count & 0xFF)]
            default: [0x81, 127, 0, 0, 0, 0, 0, 1] + [UInt8(first.count >> 8 & 0xFF), UInt8(first.count & 0xFF)]
            }
        let second = #"{"id":2,"result":true}"#.utf8
        #expect(output == header + first + [0x81, UInt8(second.count)] + second)
    }
}
