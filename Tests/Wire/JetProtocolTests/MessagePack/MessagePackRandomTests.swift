import JSONText
import JetProtocol
import TestSupport
import Testing

/// Any value, and any damage to one.
@Suite("MessagePack of random values")
struct MessagePackRandomTests {
    @Test(
        "any value is written as a plain implementation writes it, and comes back",
        arguments: 1...8 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = ValueGenerator(seed: seed)
        var writer = MessagePackWriter()
        for _ in 0..<500 {
            let value = generator.value()
            let text = generator.freely(value)
            var packed: [UInt8] = []
            try writer.append(json: text.span.bytes, to: &packed)
            try #require(packed == PlainMessagePack.pack(value), "\(String(decoding: text, as: UTF8.self))")
            var back: [UInt8] = []
            try MessagePackReader.appendJSON(of: packed.span.bytes, limit: .max, to: &back)
            let read = try JSON(parsing: back.span.bytes)
            try #require(read == PlainMessagePack.unpack(packed))
            // From here on nothing is lost any more.
            var again: [UInt8] = []
            try writer.append(json: back.span.bytes, to: &again)
            try #require(again == packed)
        }
    }

    @Test(
        "of a message that is cut short nothing is read, wherever it is cut", arguments: 1...20 as ClosedRange<UInt64>)
    func truncated(seed: UInt64) {
        var generator = ValueGenerator(seed: seed)
        let message = PlainMessagePack.pack(["id": 1, "method": "x", "params": generator.value()])
        for length in 0..<message.count {
            let error = MessagePackRefusalTests.refusal(of: Array(message.prefix(length)))
            #expect(
                error?.reason == .unexpectedEnd || error?.reason == .invalidUTF8,
                "\(message.prefix(length).map(\.self))")
        }
    }

    @Test(
        "a damaged message is refused, or is JSON that comes back as it is",
        arguments: 1...10 as ClosedRange<UInt64>)
    func damaged(seed: UInt64) throws {
        var generator = ValueGenerator(seed: seed)
        let corpus = (0..<50).map { _ in PlainMessagePack.pack(generator.value()) }
        var writer = MessagePackWriter()
        var (text, packed) = ([UInt8](), [UInt8]())
        for _ in 0..<10_000 {
            let message = Self.damaged(corpus, using: &generator.random)
            text.removeAll(keepingCapacity: true)
            guard
                (try? MessagePackReader.appendJSON(of: message.span.bytes, limit: 1 << 16, to: &text)) != nil
            else { continue }
            // No JSON here ends the test.
            let value = try JSON(parsing: text.span.bytes)
            packed.removeAll(keepingCapacity: true)
            try writer.append(json: text.span.bytes, to: &packed)
            var again: [UInt8] = []
            try MessagePackReader.appendJSON(of: packed.span.bytes, limit: .max, to: &again)
            let back = try JSON(parsing: again.span.bytes)
            try #require(back == value, "\(message.hex)")
        }
    }

    /// Bytes that begin something.
    private static let telling: [UInt8] =
        [
            0x00, 0x7F, 0x80, 0x81, 0x8F, 0x90, 0x91, 0x9F, 0xA0, 0xA1, 0xBF, 0xE0, 0xFF,
        ] + Array(0xC0...0xDF)

    /// A message of `corpus` with one to three damages.
    private static func damaged(_ corpus: [[UInt8]], using random: inout SeededGenerator) -> [UInt8] {
        var message = corpus.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let at = Int.random(in: 0...message.count, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0 where at < message.count: message[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1 where at < message.count: message[at] = telling.randomElement(using: &random) ?? 0
            case 2 where at < message.count: message.remove(at: at)
            case 3: message.insert(telling.randomElement(using: &random) ?? 0, at: at)
            case 4: message.insert(contentsOf: (0..<4).map { _ in .random(in: .min ... .max, using: &random) }, at: at)
            case 5: message.removeSubrange(at...)
            default: message.replaceSubrange(at..., with: corpus.randomElement(using: &random) ?? [])
            }
        }
        return message
    }
}
