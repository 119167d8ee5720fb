import JSONText
import JetProtocol
import TestSupport
import Testing

/// Field paths: jet-protocol(7) §4.3, valueField. A real parser reads them; the older daemons executed them as code.
@Suite("jet-protocol(7) §4.3: field paths")
struct FieldPathTests {
    private func steps(_ text: String) throws -> [FieldPath.Step] { try FieldPath(parsing: text, at: "here").steps }

    private func member(_ name: String) -> FieldPath.Step { .member(Array(name.utf8)) }

    @Test("field paths like a.b[0].c, indices from 0")
    func usual() throws {
        #expect(try steps("a.b[0].c") == [member("a"), member("b"), .element(0), member("c")])
        #expect(try steps("[1][2]") == [.element(1), .element(2)])
        #expect(try steps("a[\"b.c\"][0]") == [member("a"), member("b.c"), .element(0)])
        #expect(try steps(#"["\u0061\"]"]"#) == [member("a\"]")])
        #expect(try steps("é.😀") == [member("é"), member("😀")])
    }

    @Test(
        "what would be code elsewhere is a name, and nothing but that",
        arguments: [
            "a;os", "os:execute('reboot')", "__proto__", "constructor", "prototype", "a or true", "a == 1", "a\nreturn",
            "a--", "a//", "a;process", "$(reboot)", "`reboot`", "'a'", "a'", "\"a\"", "a\"", "{a}", "(a)", "a,b", "*",
            "0",
            "-1", " ", "a b", "\0", "length", "toString()", "#a", "@a", "%s", "\\", "a\\",
        ])
    func code(name: String) throws {
        #expect(try steps(name) == [member(name)])
        let value = Array("{\(JSON.string(name)):7,\"a\":1,\"os\":2}".utf8)
        let found = try FieldPath(parsing: name, at: "here").find(in: value.span.bytes)
        guard case .present(let range) = found else {
            Issue.record("not found")
            return
        }
        let isTarget = range.of(value.span.bytes).elementsEqual("7")
        #expect(isTarget)
        // Where there is no such member there is nothing, whatever a language would find in every object.
        let empty = Array("{}".utf8)
        let target = try FieldPath(parsing: name, at: "here").find(in: empty.span.bytes)
        #expect(target == .absent)
    }

    @Test(
        "what is none is refused, at its place",
        arguments: [
            "", ".", "a.", ".a", "a..b", "[", "]", "[]", "a[", "a[0", "a]", "a[0]b", "a[b]", "a[-1]", "a[+1]", "a[1.0]",
            "a[1e2]", "a[0x1]", "a[ 1]", "a[1 ]", "a['b']", "a[\"b]", "a[\"b\"", "a[\"b\"c]", "a[b()]", "a.[0]",
            "a[99999999999999999999]", "a[\"\u{5C}ud800\"]", "a[\"\u{5C}x\"]", "a[os.execute()]", "a[[0]]", "a[0,1]",
            "a[é]", "a[\"\n\"]",
        ])
    func refused(text: String) {
        do throws(RuleError) {
            _ = try FieldPath(parsing: text, at: "valueField.x")
            Issue.record("accepted")
        } catch {
            #expect(error.place == "valueField.x")
        }
    }

    @Test("as many steps as values can be deep, and no more")
    func depth() throws {
        #expect(try steps(Array(repeating: "a", count: 128).joined(separator: ".")).count == 128)
        #expect(throws: RuleError.self) { try steps(Array(repeating: "a", count: 129).joined(separator: ".")) }
        #expect(throws: RuleError.self) { try steps(String(repeating: "[0]", count: 100_000)) }
    }

    @Test(
        "a text of random pieces is refused or read, and what is read leads to what it says",
        arguments: [1, 2] as [UInt64])
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = ["a", "b.", ".", "[", "]", "0", "[1]", "\"", "[\"", "\"]", "\\", ";", "é", " ", "[\"a.b\"]"]
        var read = 0
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
            }
            .joined()
            guard let path = try? FieldPath(parsing: text, at: "here") else { continue }
            read += 1
            // A value made for it has the field; without its innermost part it has not.
            let target = path.steps.reversed().reduce("7") { inner, step in
                switch step {
                case .member(let name): "{\(JSON.string(String(decoding: name, as: UTF8.self))):\(inner)}"
                case .element(let index): "[" + String(repeating: "0,", count: index) + inner + "]"
                }
            }
            let value = Array(target.utf8)
            guard case .present(let range) = path.find(in: value.span.bytes) else {
                Issue.record("\(text) does not lead into \(target)")
                continue
            }
            let isTarget = range.of(value.span.bytes).elementsEqual("7")
            #expect(isTarget, "\(text)")
            let nothing = Array("0".utf8)
            let isNowhere = path.find(in: nothing.span.bytes) == .nowhere
            #expect(isNowhere)
        }
        #expect(read > 500)
    }
}
