import JSONText
import JetProtocol
import Testing

@testable import Jet

@Suite("Outbox")
struct OutboxTests {
    @Test("each message stands behind its length; all that gathered is one write")
    func frames() {
        var outbox = Outbox(limit: 100)
        #expect(outbox.isEmpty)
        outbox.message { $0.append(contentsOf: "{}".utf8) }
        outbox.message { $0.append(contentsOf: String(repeating: "x", count: 300).utf8) }
        let bytes = outbox.take()
        #expect(bytes?.prefix(10) == [0, 0, 0, 2, 0x7B, 0x7D, 0, 0, 1, 44])
        #expect(bytes?.count == 310)
    }

    @Test("while a write is under way the next one gathers")
    func oneWriteAtATime() {
        var outbox = Outbox(limit: 100)
        outbox.message { $0.append(1) }
        #expect(outbox.isDue)
        #expect(outbox.take() != nil)
        outbox.message { $0.append(2) }
        #expect(!outbox.isDue)
        #expect(outbox.take() == nil)
        outbox.written()
        #expect(outbox.take() == [0, 0, 0, 1, 2])
        outbox.written()
        #expect(outbox.isEmpty)
        #expect(outbox.take() == nil)
    }

    @Test("congested is when more waits than the limit, written or not")
    func congestion() {
        var outbox = Outbox(limit: 9)
        outbox.message { $0.append(1) }
        #expect(!outbox.isCongested)
        _ = outbox.take()
        outbox.message { $0.append(2) }
        #expect(outbox.isCongested)
        outbox.written()
        #expect(!outbox.isCongested)
    }

    private func say(_ text: String, in outbox: inout Outbox) { outbox.message { $0.append(contentsOf: text.utf8) } }

    /// The frames of one write.
    private func frames(_ bytes: [UInt8]?) throws -> [String] {
        var frames: [String] = []
        var reader = FrameReader(limit: 1 << 20)
        let bytes = bytes ?? []
        _ = try reader.read(bytes.span.bytes) { message in
            frames.append(String(decoding: message.array, as: UTF8.self))
            return true
        }
        return frames
    }

    @Test("a batch is one array behind what was said before; until it is over nothing is due")
    func batch() throws {
        var outbox = Outbox(limit: 100)
        say("1", in: &outbox)
        outbox.beginBatch()
        say("2", in: &outbox)
        outbox.beginBatch()
        say("3", in: &outbox)
        outbox.endBatch()
        say("4", in: &outbox)
        #expect(!outbox.isDue && outbox.take() == nil)
        outbox.endBatch()
        say("5", in: &outbox)
        #expect(try frames(outbox.take()) == ["1", "[2,3,4]", "5"])
        outbox.written()
        outbox.beginBatch()
        outbox.endBatch()
        #expect(outbox.isEmpty, "a batch in which nothing is said is nothing")
    }

    @Test("a batch longer than a message may be is several, each within the limit")
    func longBatch() throws {
        var outbox = Outbox(limit: 100, arrayLimit: 10)
        outbox.beginBatch()
        for text in ["111", "222", "3", "44444444", "5"] { say(text, in: &outbox) }
        outbox.endBatch()
        #expect(try frames(outbox.take()) == ["[111,222]", "[3]", "[44444444]", "[5]"])
    }

    @Test("a batch does not go on with the next connection")
    func lostBatch() throws {
        var outbox = Outbox(limit: 100)
        outbox.beginBatch()
        say("1", in: &outbox)
        outbox.removeAll()
        say("2", in: &outbox)
        outbox.endBatch()
        #expect(try frames(outbox.take()) == ["2"])
    }
}
