import JSONText
import Testing

/// `JSONMembers`, `enterObject` and `enterArray`: reading an object without building a tree.
@Suite("Members and walking")
struct MembersTests {
    @Test("the members of an object are noted in the order of the text, with where they lie")
    func noted() throws {
        let text = Array(#" { "path" : "a/b" ,"value":[1, {}],"\u0065":-1.5e3 ,"":null} , "#.utf8)
        let bytes = text.span.bytes
        var scanner = JSONScanner(bytes)
        var members = JSONMembers()
        let range = try scanner.members(into: &members)
        #expect(range.of(bytes).string == #"{ "path" : "a/b" ,"value":[1, {}],"\u0065":-1.5e3 ,"":null}"#)
        #expect(scanner.offset == range.end)
        #expect(members.count == 4)
        #expect((0..<4).map { members[$0].name.string(in: bytes) } == ["path", "value", "e", ""])
        #expect((0..<4).map { members[$0].name.hasEscapes } == [false, false, true, false])
        #expect((0..<4).map { members[$0].value.of(bytes).string } == [#""a/b""#, "[1, {}]", "-1.5e3", "null"])
    }

    @Test("a value is found by its name, as code points")
    func lookUp() throws {
        let text = Array(#"{"a":1,"ab":2,"\u0062":3,"n\n":4,"é":5,"😀":6,"":7}"#.utf8)
        let bytes = text.span.bytes
        var scanner = JSONScanner(bytes)
        var members = JSONMembers()
        _ = try scanner.members(into: &members)
        func value(_ name: StaticString) -> String? { members.value(name, in: bytes)?.of(bytes).string }
        #expect(value("a") == "1")
        #expect(value("ab") == "2")
        #expect(value("b") == "3")
        #expect(value("n\n") == "4")
        #expect(value("é") == "5")
        #expect(value("😀") == "6")
        #expect(value("") == "7")
        #expect(value("abc") == nil)
        #expect(value("n\\n") == nil)
        #expect(value("A") == nil)
    }

    @Test("the same members serve one object after another")
    func reused() throws {
        let text = Array(#"[{"a":1,"b":2},{},{"c":3}]"#.utf8)
        let bytes = text.span.bytes
        var scanner = JSONScanner(bytes)
        var members = JSONMembers()
        var counts: [Int] = []
        #expect(try scanner.enterArray())
        repeat {
            _ = try scanner.members(into: &members)
            counts.append(members.count)
        } while try scanner.nextElement()
        try scanner.end()
        #expect(counts == [2, 0, 1])
        let last = members.value("c", in: bytes)
        #expect(last?.start == 23)
        members.removeAll()
        #expect(members.count == 0)
        let none = members.value("c", in: bytes)
        #expect(none == nil)
    }

    @Test("the same members serve a small object after a huge one", arguments: [8, 1024, 1025, 5000])
    func reusedAfterMany(_ count: Int) throws {
        let many = (0..<count).map { "\"\($0)\":\($0)" }.joined(separator: ",")
        let text = Array("[{\(many)},{\"a\":{}},{\(many)}]".utf8)
        var scanner = JSONScanner(text.span.bytes)
        var members = JSONMembers()
        var counts: [Int] = []
        #expect(try scanner.enterArray())
        repeat {
            _ = try scanner.members(into: &members)
            counts.append(members.count)
        } while try scanner.nextElement()
        #expect(counts == [count, 1, count])
        let last = members[count - 1].name.string(in: text.span.bytes)
        #expect(last == "\(count - 1)")
    }

    @Test(
        "what is no object is refused",
        arguments: [
            Refused("an array", "[]", .unexpectedByte, at: 0), Refused("a string", #" "a""#, .unexpectedByte, at: 1),
            Refused("null", "null", .unexpectedByte, at: 0), Refused("nothing", "", .unexpectedEnd, at: 0),
            Refused("cut", #"{"a":1"#, .unexpectedEnd, at: 6),
            Refused("a bad value", #"{"a":01}"#, .invalidNumber, at: 6),
            Refused("a comma too many", #"{"a":1,}"#, .unexpectedByte, at: 7),
        ])
    func noObject(_ vector: Refused) {
        let refusal = Readers.exactly(vector.text) { bytes -> JSONError? in
            var scanner = JSONScanner(bytes)
            var members = JSONMembers()
            do throws(JSONError) {
                _ = try scanner.members(into: &members)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal == vector.error)
    }

    @Test("a walk steps in where it wants to and over the rest")
    func walk() throws {
        let text = Array(
            #" { "skip" : {"a":[1,2,{"b":3}]} , "list" : [ 1 , "two" , [ ] ] , "empty" : { } , "last" : true } "#.utf8)
        let bytes = text.span.bytes
        var scanner = JSONScanner(bytes)
        var seen: [String] = []
        #expect(try scanner.enterObject())
        repeat {
            let name = try scanner.memberName().string(in: bytes)
            switch name {
            case "list":
                #expect(try scanner.enterArray())
                repeat { seen.append("list \(try scanner.value().of(bytes).string)") } while try scanner.nextElement()
            case "empty":
                #expect(try !scanner.enterObject())
                seen.append("empty")
            default: seen.append("\(name) \(try scanner.value().of(bytes).string)")
            }
        } while try scanner.nextMember()
        try scanner.end()
        #expect(
            seen == [
                #"skip {"a":[1,2,{"b":3}]}"#, "list 1", #"list "two""#, "list [ ]", "empty", "last true",
            ])
    }

    @Test("strings, names and values may all have white space before them")
    func whiteSpace() throws {
        let text = Array("\n[\t\"a\" ,\r\n \"b\" , { \"c\" :\n\"d\" } ] ".utf8)
        let bytes = text.span.bytes
        var scanner = JSONScanner(bytes)
        #expect(try scanner.enterArray())
        #expect(try scanner.string().string(in: bytes) == "a")
        #expect(try scanner.nextElement())
        #expect(try scanner.string().string(in: bytes) == "b")
        #expect(try scanner.nextElement())
        #expect(try scanner.enterObject())
        #expect(try scanner.memberName().string(in: bytes) == "c")
        #expect(try scanner.string().string(in: bytes) == "d")
        #expect(try !scanner.nextMember())
        #expect(try !scanner.nextElement())
        try scanner.end()
    }

    @Test("asking for the wrong kind is an error, and costs nothing but that")
    func wrongKind() throws {
        let text = Array("[1]".utf8)
        var scanner = JSONScanner(text.span.bytes)
        let wrong = JSONError(.unexpectedByte, at: 0)
        #expect(throws: wrong) { _ = try scanner.enterObject() }
        #expect(throws: wrong) { _ = try scanner.memberName() }
        #expect(throws: wrong) { _ = try scanner.string() }
        #expect(throws: JSONError(.trailingBytes, at: 0)) { try scanner.end() }
        #expect(try scanner.value() == ByteRange(0, 3))
    }

    @Test("a scanner starts where it is told, and never outside")
    func startingPosition() throws {
        let text = Array(#"{"a":[1,2],"b":3}"#.utf8)
        let bytes = text.span.bytes
        var scanner = JSONScanner(bytes, at: 5, depth: 1)
        #expect(try scanner.value() == ByteRange(5, 10))
        for position in [17, 18, Int.max] {
            var scanner = JSONScanner(bytes, at: position)
            try scanner.end()
            #expect(scanner.offset == 17)
        }
        var front = JSONScanner(bytes, at: -3)
        #expect(try front.value() == ByteRange(0, 17))
    }

    @Test("strings say where their content lies, and compare with names of the program")
    func strings() throws {
        let text = Array(#" "path" "p\u0061th" "" "#.utf8)
        let bytes = text.span.bytes
        var scanner = JSONScanner(bytes)
        func equals(_ string: JSONStringRange, _ other: StaticString) -> Bool { string.equals(other, in: bytes) }
        func decoded(_ string: JSONStringRange) -> String { String(decoding: string.decoded(in: bytes), as: UTF8.self) }
        let plain = try scanner.string()
        #expect(plain == JSONStringRange(content: ByteRange(2, 6), hasEscapes: false))
        #expect(equals(plain, "path"))
        #expect(!equals(plain, "pat"))
        #expect(!equals(plain, "paths"))
        #expect(!equals(plain, "Path"))
        #expect(decoded(plain) == "path")
        let escaped = try scanner.string()
        #expect(escaped == JSONStringRange(content: ByteRange(9, 18), hasEscapes: true))
        #expect(equals(escaped, "path"))
        #expect(!equals(escaped, "p\\u0061th"))
        #expect(!equals(escaped, ""))
        #expect(decoded(escaped) == "path")
        let empty = try scanner.string()
        #expect(empty.content.isEmpty)
        #expect(equals(empty, ""))
    }
}
