import JetProtocol
import TestSupport
import Testing

/// Frames of JSON become frames of MessagePack: what an outbox takes.
@Suite("Frames of MessagePack")
struct MessagePackFrameTests {
    static func packed(_ frames: [UInt8], _ framing: Framing) -> String {
        var writer = MessagePackWriter()
        var output: [UInt8] = []
        writer.append(frames: frames.span.bytes, framing, to: &output)
        return output.hex
    }

    @Test("with their lengths before them")
    func lengthPrefixed() {
        let frames = [UInt8](hex: "00000004") + "true".utf8 + [UInt8](hex: "00000005") + "[1,2]".utf8
        #expect(Self.packed(frames, .lengthPrefixed) == "00000001c3" + "00000003920102")
        #expect(Self.packed([], .lengthPrefixed) == "")
    }

    @Test("of a WebSocket are binary ones, with headers of their own lengths")
    func webSocket() {
        #expect(Self.packed([UInt8](hex: "8104") + "true".utf8, .webSocket) == "8201c3")
        // 16-bit lengths both, and a 16-bit one that becomes a 7-bit one.
        let text = String(repeating: "x", count: 300)
        #expect(
            Self.packed([UInt8](hex: "817e012e") + "\"\(text)\"".utf8, .webSocket)
                == "827e012f" + "da012c" + Array(text.utf8).hex)
        let spaces = String(repeating: " ", count: 300)
        #expect(Self.packed([UInt8](hex: "817e012e") + "[\(spaces)]".utf8, .webSocket) == "820190")
        // 64-bit ones.
        let long = String(repeating: "x", count: 70_000)
        #expect(
            Self.packed([UInt8](hex: "817f0000000000011172") + "\"\(long)\"".utf8, .webSocket)
                == "827f0000000000011175" + "db00011170" + Array(long.utf8).hex)
    }

    @Test("what is no JSON in a frame is left out, what is no whole frame ends them")
    func odd() {
        let frames = [UInt8](hex: "00000002") + "no".utf8 + [UInt8](hex: "0000000131")
        #expect(Self.packed(frames, .lengthPrefixed) == "0000000101")
        for length in 0..<5 { #expect(Self.packed(Array(frames.suffix(5).prefix(length)), .lengthPrefixed) == "") }
    }
}
