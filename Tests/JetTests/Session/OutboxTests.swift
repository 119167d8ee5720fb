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
}
