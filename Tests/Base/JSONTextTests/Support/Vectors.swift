import JSONText
import Testing

/// A text that is JSON, and the value it stands for.
struct Accepted: Sendable, CustomTestStringConvertible {
    let name: String
    let text: [UInt8]
    let value: JSON

    init(_ name: String, _ text: String, _ value: JSON) { self.init(name, bytes: Array(text.utf8), value) }

    init(_ name: String, bytes text: [UInt8], _ value: JSON) {
        (self.name, self.text, self.value) = (name, text, value)
    }

    var testDescription: String { name }

    /// Expects that all readers accept the text, that they agree on what it is, and that it is the value.
    func check(_ location: SourceLocation = #_sourceLocation) {
        let white = [0x20, 0x09, 0x0A, 0x0D] as [UInt8]
        let start = text.firstIndex { !white.contains($0) } ?? 0
        let end = (text.lastIndex { !white.contains($0) } ?? -1) + 1
        #expect(Readers.scan(text) == .success(ByteRange(start, end)), sourceLocation: location)
        #expect(Readers.parse(text) == .success(value), sourceLocation: location)
        #expect(Readers.walk(text) == .success(value), sourceLocation: location)
    }
}

/// A text that is no JSON, why, and at which byte that shows.
struct Refused: Sendable, CustomTestStringConvertible {
    let name: String
    let text: [UInt8]
    let error: JSONError

    init(_ name: String, _ text: String, _ reason: JSONError.Reason, at offset: Int) {
        self.init(name, bytes: Array(text.utf8), reason, at: offset)
    }

    init(_ name: String, bytes text: [UInt8], _ reason: JSONError.Reason, at offset: Int) {
        (self.name, self.text, self.error) = (name, text, JSONError(reason, at: offset))
    }

    var testDescription: String { name }

    /// Expects that all readers refuse the text, for the same reason at the same place.
    func check(_ location: SourceLocation = #_sourceLocation) {
        #expect(Readers.scan(text) == .failure(error), sourceLocation: location)
        #expect(Readers.parse(text) == .failure(error), sourceLocation: location)
        #expect(Readers.walk(text) == .failure(error), sourceLocation: location)
    }
}

/// The bytes of `pieces` one after another: texts as strings, what is no text as bytes.
func joined(_ pieces: any BytePiece...) -> [UInt8] { pieces.flatMap(\.pieceBytes) }

/// Part of a text that may be no UTF-8.
protocol BytePiece {
    var pieceBytes: [UInt8] { get }
}

extension String: BytePiece {
    var pieceBytes: [UInt8] { Array(utf8) }
}

extension [UInt8]: BytePiece {
    var pieceBytes: [UInt8] { self }
}

/// The string whose content is `content`, as JSON text.
func quoted(_ content: [UInt8]) -> [UInt8] { joined("\"", content, "\"") }
