import Glibc
import JSONText
import Testing

/// The length of texts: what 32 bits can name.
@Suite("Length")
struct LengthTests {
    @Test("a text of 4 GiB is refused without a look at it", .enabled(if: MemoryLayout<Int>.size == 8))
    func tooLong() throws {
        // Addresses without memory behind them: reading any of them would end the process.
        let length = JSONScanner.maximumLength + 1
        let block = try #require(mmap(nil, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))
        try #require(block != MAP_FAILED)
        defer { munmap(block, length) }
        let bytes = UnsafeRawBufferPointer(start: block, count: length).bytes
        let tooLong = JSONError(.tooLong, at: JSONScanner.maximumLength)

        var scanner = JSONScanner(bytes)
        #expect(throws: tooLong) { _ = try scanner.value() }
        #expect(throws: tooLong) { _ = try scanner.string() }
        #expect(throws: tooLong) { _ = try scanner.enterObject() }
        #expect(throws: tooLong) { _ = try scanner.enterArray() }
        var late = JSONScanner(bytes, at: length - 1)
        #expect(throws: tooLong) { _ = try late.value() }
        func parse() throws(JSONError) { _ = try JSON(parsing: bytes) }
        #expect(throws: tooLong) { try parse() }
    }

    @Test("a string of a megabyte is one range")
    func longString() throws {
        let content = String(repeating: "0123456789abcde é€😀", count: 50_000)
        let text = "\"\(content)\""
        #expect(Readers.scan(Array(text.utf8)) == .success(ByteRange(0, text.utf8.count)))
        #expect(try JSON(parsing: text).string == content)
    }

    @Test("an array of 100,000 elements and an object of as many members are read in one go")
    func manyValues() throws {
        let numbers = (0..<100_000).map(String.init)
        let array = "[" + numbers.joined(separator: ",") + "]"
        #expect(try JSON(parsing: array).array?.count == 100_000)
        let object = "{" + numbers.map { "\"\($0)\":\($0)" }.joined(separator: ",") + "}"
        let value = try JSON(parsing: object)
        #expect(value.object?.count == 100_000)
        #expect(value["99999"]?.int == 99_999)

        let bytes = Array(object.utf8)
        var scanner = JSONScanner(bytes.span.bytes)
        var members = JSONMembers()
        #expect(try scanner.members(into: &members) == ByteRange(0, bytes.count))
        #expect(members.count == 100_000)
    }
}
