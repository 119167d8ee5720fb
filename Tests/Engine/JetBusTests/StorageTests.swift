import JSONText
import JetProtocol
import Testing

@testable import JetBus

/// The engine's own memory: bytes that grow, values that are replaced, outboxes that borrow.
@Suite("Storage")
struct StorageTests {
    private func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("a buffer holds what was appended, across every growth")
    func buffer() {
        var buffer = RawBuffer()
        var expected = ""
        for number in 0..<500 {
            buffer.append(",")
            buffer.append(decimal: UInt64(number))
            buffer.append([0x2E])
            expected += ",\(number)."
        }
        #expect(text(buffer.bytes) == expected)
        buffer.removeAll()
        #expect(buffer.count == 0)
        buffer.append("again")
        #expect(text(buffer.bytes) == "again")
    }

    @Test("numbers are written in all their digits", arguments: [0, 9, 10, 16_777_216, .max] as [UInt64])
    func decimal(number: UInt64) {
        var buffer = RawBuffer()
        buffer.append(decimal: number)
        #expect(text(buffer.bytes) == String(number))
    }

    @Test("a buffer gives memory back that is more than it should keep")
    func keep() {
        var buffer = RawBuffer()
        _ = buffer.extend(by: 10_000)
        buffer.removeAll(keepingAtMost: 20_000)
        #expect(buffer.capacity >= 10_000)
        buffer.removeAll(keepingAtMost: 1000)
        #expect(buffer.capacity == 0)
        buffer.append("x")
        #expect(text(buffer.bytes) == "x")
    }

    @Test("memory that a buffer surrenders is another one's")
    func surrender() {
        var one = RawBuffer()
        var other = RawBuffer()
        let nothing = one.surrender()
        #expect(nothing == nil)
        one.append("something")
        guard let memory = one.surrender() else {
            Issue.record("a buffer with bytes has memory")
            return
        }
        #expect(one.capacity == 0)
        other.adopt(memory)
        #expect(other.count == 0)
        #expect(other.capacity == memory.capacity)
        other.append("else")
        #expect(text(other.bytes) == "else")
    }

    @Test("a value takes the place of another one of any size")
    func value() {
        var value = ElementValue()
        defer { value.end() }
        #expect(value.bytes.count == 0)
        for size in [0, 1, 5000, 4999, 3, 3, 0, 700] {
            let text = String(repeating: "v", count: size)
            Array(text.utf8).withUnsafeBytes { value.assign($0) }
            #expect(self.text(value.bytes) == text)
        }
    }

    @Test("a value lies in the memory lent to it whenever it fits there")
    func valueInLentMemory() throws {
        try withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { lent in
            let base = try #require(lent.baseAddress)
            var value = ElementValue(borrowing: base, capacity: 16)
            defer { value.end() }
            for size in [16, 17, 5000, 16, 0, 100, 30, 20, 3] {
                let text = String(repeating: "v", count: size)
                Array(text.utf8).withUnsafeBytes { value.assign($0) }
                #expect(self.text(value.bytes) == text)
                let isNear = value.bytes.baseAddress == UnsafeRawPointer(base)
                #expect(isNear ? size <= 16 : size > 16 || size >= 5, "\(size)")
            }
            let start = value.bytes.baseAddress
            #expect(start == UnsafeRawPointer(base))
        }
    }

    @Test("an outbox frames each message")
    func frames() {
        var pool = OutboxPool()
        var outbox = Outbox()
        outbox.borrow(from: &pool)
        Array("one".utf8).withUnsafeBytes { outbox.append($0) }
        Array("tw".utf8).withUnsafeBytes { head in
            Array("o".utf8).withUnsafeBytes { outbox.append(head, $0) }
        }
        #expect(Array(outbox.bytes) == [0, 0, 0, 3] + Array("one".utf8) + [0, 0, 0, 3] + Array("two".utf8))
        #expect(outbox.count == 14)
        outbox.clear(into: &pool)
        #expect(outbox.count == 0)
    }

    @Test("the pool lends the same memory again, but keeps no piece that is large, and only so much in all")
    func pool() {
        var pool = OutboxPool()
        var outbox = Outbox()
        outbox.borrow(from: &pool)
        Array(repeating: 0x20, count: 2_000_000).withUnsafeBytes { outbox.append($0) }
        outbox.clear(into: &pool)
        let nothing = pool.take()
        #expect(nothing == nil)
        for _ in 0..<20 {
            var buffer = RawBuffer()
            _ = buffer.extend(by: 1 << 19)
            if let memory = buffer.surrender() { pool.give(memory) }
        }
        #expect(pool.bytes == 4 << 20)
        var lent: [(base: UnsafeMutableRawPointer, capacity: Int)] = []
        while let memory = pool.take() { lent.append(memory) }
        #expect(lent.count == 8)
        #expect(pool.bytes == 0)
        for memory in lent { pool.give(memory) }
        pool.empty()
        let none = pool.take()
        #expect(none == nil)
    }

    @Test("the interests of an element grow and shrink")
    func interests() {
        var interests = InterestSet()
        defer { interests.end() }
        for slot in 0..<100 { interests.append(slot * 3, isSatisfied: slot % 2 == 0) }
        #expect(interests.count == 100)
        interests.remove(at: 0)
        let first = interests[0]
        #expect(first == 297)
        interests.remove(at: 98)
        var slots: [Int] = []
        for index in 0..<interests.count { slots.append(interests[index]) }
        let expected = [297] + (1..<98).map { $0 * 3 }
        #expect(slots == expected)
        while interests.count > 0 { interests.remove(at: interests.count - 1) }
        interests.remove(at: 0)
        #expect(interests.count == 0)
    }

    @Test("fetch ids are told apart by type, strings by code points, numbers by digits")
    func fetchIDs() {
        func id(_ text: String) -> FetchID? {
            let bytes = Array(text.utf8)
            return FetchID(ByteRange(0, bytes.count), in: bytes.span.bytes)
        }
        #expect(id(#""A""#) == id(#""\u0041""#))
        #expect(id(#""1""#) != id("1"))
        #expect(id("1") != id("1.0"))
        #expect(id(#""\"""#) != id(#""""#))
        #expect(id(#""A""#)?.hashValue == id(#""\u0041""#)?.hashValue)
        #expect(id(#""\u0041""#)?.text == Array(#""\u0041""#.utf8))
        for text in ["null", "true", "[1]", "{}", ""] { #expect(id(text) == nil) }
    }
}
