import JetProtocol
import Testing
import TestSupport

/// Comparing bytes: what the C library does, checked against what Swift says of arrays.
@Suite("Byte search")
struct ByteSearchTests {
    @Test("equal, begins, finishes and includes agree with arrays", arguments: [1, 2] as [UInt64])
    func naively(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...1, using: &random) } }
        for _ in 0..<5000 {
            let whole = bytes(Int.random(in: 0...12, using: &random))
            let part = bytes(Int.random(in: 0...4, using: &random))
            let places = 0...max(whole.count, part.count) - part.count
            let expected = [
                whole == part, whole == part, whole.starts(with: part),
                whole.reversed().starts(with: part.reversed()),
                part.count <= whole.count && places.contains { whole[$0...].starts(with: part) },
            ]
            let span = whole.span.bytes
            let found = [
                span.isEqual(to: part), span.isEqual(to: part.span.bytes), span.begins(with: part),
                span.finishes(with: part), span.includes(part),
            ]
            #expect(found == expected, "\(whole) \(part)")
        }
    }
}
