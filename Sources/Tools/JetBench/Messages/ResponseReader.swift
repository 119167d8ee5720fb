import JSONText
import JetProtocol

/// Reads the answers to requests whose ids are numbers of ten digits.
struct ResponseReader: ~Copyable {
    private var shape: Shape?
    private var params = JSONMembers()

    /// Reads a message.
    ///
    /// - Returns: The id of the request that it answers; `nil` if it is no answer.
    /// - Throws: `BenchError.refused` for an error.
    @inline(__always)
    mutating func read(_ message: UnsafeRawBufferPointer) throws(BenchError) -> Int? {
        if let numbers = shape?.numbers(of: message) { return numbers.0 }
        return try learn(message)
    }

    @inline(never)
    private mutating func learn(_ message: UnsafeRawBufferPointer) throws(BenchError) -> Int? {
        let bytes = message.bytes
        guard let parts = parsed(bytes) else { throw .unexpected(message) }
        if let error = parts.error { throw .refused(error.of(bytes).string) }
        guard let id = parts.id, let result = parts.result else { return nil }
        guard let number = Digits.read(message, at: id.start, id.count) else { throw .unexpected(message) }
        // Answers with results of their own, such as a list, are not alike.
        if result.of(bytes).elementsEqual("true") { shape = Shape(message, first: id) }
        return number
    }

    private mutating func parsed(_ bytes: RawSpan) -> Message? {
        do throws(JSONError) {
            var scanner = JSONScanner(bytes)
            return try scanner.message(params: &params)
        } catch {
            return nil
        }
    }
}
