import JSONText

/// Where the messages of a batch lie in its text. The memory is used again for the next batch.
struct MessageBatch: ~Copyable {
    private var ranges: ContiguousArray<ByteRange> = []

    init() {}

    /// Finds the messages. All of the text is checked before any message is handled: a batch that does not parse is
    /// refused as a whole.
    mutating func scan(_ text: RawSpan) throws(JSONError) {
        var scanner = JSONScanner(text)
        ranges.removeAll(keepingCapacity: ranges.count <= 1024)
        if try scanner.enterArray() {
            repeat { ranges.append(try scanner.value()) } while try scanner.nextElement()
        }
        try scanner.end()
    }

    var count: Int { ranges.count }

    subscript(index: Int) -> ByteRange { ranges[index] }
}
