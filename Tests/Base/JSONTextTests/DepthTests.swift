import JSONText
import Testing

/// Nesting: 128 levels are read, the 129th is refused, and no depth reaches the machine's stack.
@Suite("Depth")
struct DepthTests {
    /// Ways to nest.
    enum Shape: String, CaseIterable, CustomTestStringConvertible {
        case arrays, arraysAroundValue, objects, arraysAndObjects, objectsAndArrays, arraysWithNeighbours

        var testDescription: String { rawValue }

        /// A text of so many levels.
        func text(_ levels: Int) -> String {
            func opening(_ level: Int) -> String {
                switch self {
                case .arrays, .arraysAroundValue: "["
                case .objects: #"{"a":"#
                case .arraysAndObjects: level % 2 == 0 ? "[" : #"{"a":"#
                case .objectsAndArrays: level % 2 == 1 ? "[" : #"{"a":"#
                case .arraysWithNeighbours: #"[0,{"a":"","b":[]},"#
                }
            }
            func closing(_ level: Int) -> String {
                switch self {
                case .arrays, .arraysAroundValue: "]"
                case .objects: "}"
                case .arraysAndObjects: level % 2 == 0 ? "]" : "}"
                case .objectsAndArrays: level % 2 == 1 ? "]" : "}"
                case .arraysWithNeighbours: #",{"c":{}},1]"#
                }
            }
            let middle = self == .arrays ? "" : #""x""#
            return (0..<levels).map(opening).joined() + middle + (0..<levels).reversed().map(closing).joined()
        }

        /// How many levels the innermost neighbours add.
        var extra: Int { self == .arraysWithNeighbours ? 2 : 0 }
    }

    @Test("is read down to the limit of 128", arguments: Shape.allCases)
    func toTheLimit(_ shape: Shape) throws {
        for levels in [1, 2, 63, 64, 65, 126, 127, 128] {
            let text = shape.text(levels - (levels > 2 ? shape.extra : 0))
            #expect(Readers.scan(Array(text.utf8)) == .success(ByteRange(0, text.utf8.count)), "\(levels)")
            #expect(try Readers.parse(Array(text.utf8)).get().description == text, "\(levels)")
            #expect(try Readers.walk(Array(text.utf8)).get().description == text, "\(levels)")
        }
    }

    @Test("is refused one level below the limit", arguments: Shape.allCases)
    func justBeyondTheLimit(_ shape: Shape) {
        let text = Array(shape.text(129 - shape.extra).utf8)
        guard case .failure(let error) = Readers.scan(text) else {
            Issue.record("accepted")
            return
        }
        #expect(error.reason == .tooDeep)
        #expect(Readers.parse(text) == .failure(error))
        #expect(Readers.walk(text) == .failure(error))
    }

    @Test("is refused below it, at the bracket that is too deep", arguments: [129, 130, 256, 1000])
    func beyondTheLimit(_ levels: Int) {
        let arrays = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        Refused("arrays", arrays, .tooDeep, at: 128).check()
        let objects = String(repeating: #"{"a":"#, count: levels) + "1" + String(repeating: "}", count: levels)
        Refused("objects", objects, .tooDeep, at: 128 * 5).check()
        Refused("not closed", String(repeating: "[", count: levels), .tooDeep, at: 128).check()
        Refused("spaced", String(repeating: "[ ", count: levels), .tooDeep, at: 256).check()
    }

    @Test("the limit is that of levels, not of brackets")
    func sideBySide() {
        let text = "[" + Array(repeating: "[{}]", count: 1000).joined(separator: ",") + "]"
        Accepted("1000 side by side", text, .array(Array(repeating: [[:]], count: 1000))).check()
    }

    @Test("a million brackets cost neither stack nor time", arguments: ["[", #"{"":"#, #"[{"":"#])
    func hostile(_ opening: String) {
        let text = Array(String(repeating: opening, count: 1_000_000).utf8)
        for verdict in [Readers.scan(text).map { _ in }, Readers.parse(text).map { _ in }] {
            guard case .failure(let error) = verdict else {
                Issue.record("accepted")
                continue
            }
            #expect(error.reason == .tooDeep)
        }
    }

    @Test("every mistake in the brackets of mixed levels is found", arguments: [1, 2, 7, 64, 128])
    func wrongBrackets(_ levels: Int) {
        let text = Array(Shape.arraysAndObjects.text(levels).utf8)
        let firstClosing = text.count - levels
        for at in firstClosing..<text.count {
            var wrong = text
            wrong[at] = wrong[at] == UInt8(ascii: "]") ? UInt8(ascii: "}") : UInt8(ascii: "]")
            Refused("byte \(at)", bytes: wrong, .unexpectedByte, at: at).check()
        }
    }

    @Test("counts from where the scanner was told to be")
    func startingDepth() {
        func scan(_ text: String, depth: Int) -> JSONError? {
            Readers.exactly(Array(text.utf8)) { bytes in
                var scanner = JSONScanner(bytes, depth: depth)
                do throws(JSONError) {
                    _ = try scanner.value()
                    return nil
                } catch {
                    return error
                }
            }
        }
        #expect(scan("[[]]", depth: 126) == nil)
        #expect(scan("[[]]", depth: 127) == JSONError(.tooDeep, at: 1))
        #expect(scan("[]", depth: 128) == JSONError(.tooDeep, at: 0))
        #expect(scan("1", depth: 128) == nil)
        #expect(scan(String(repeating: "[", count: 129), depth: -1000) == JSONError(.tooDeep, at: 128))
    }
}
