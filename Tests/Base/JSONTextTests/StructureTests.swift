import JSONText
import Testing

/// Values, arrays and objects: RFC 8259 sections 2 to 5.
@Suite("Structure")
struct StructureTests {
    @Test(
        "is accepted",
        arguments: [
            Accepted("null alone", "null", nil),
            Accepted("true alone", "true", true),
            Accepted("false alone", "false", false),
            Accepted("a number alone", "12", 12),
            Accepted("a string alone", #""lid open""#, "lid open"),
            Accepted("an empty array", "[]", []),
            Accepted("an empty object", "{}", [:]),
            Accepted("an array of one", "[7]", [7]),
            Accepted("an array of every kind", #"[null,true,false,1,"a",[],{}]"#, [nil, true, false, 1, "a", [], [:]]),
            Accepted("an object of one", #"{"fan":1200}"#, ["fan": 1200]),
            Accepted(
                "an object of every kind", #"{"n":null,"t":true,"f":false,"1":1,"s":"a","l":[],"o":{}}"#,
                ["n": nil, "t": true, "f": false, "1": 1, "s": "a", "l": [], "o": [:]]),
            Accepted("an empty name", #"{"":0}"#, ["": 0]),
            Accepted("arrays and objects inside each other", #"[{"a":[{"b":[]}]},[[]]]"#, [["a": [["b": []]]], [[]]]),
            Accepted("a value after a closed array", "[[1],2]", [[1], 2]),
            Accepted("a member after a closed object", #"{"a":{"b":1},"c":2}"#, ["a": ["b": 1], "c": 2]),
        ])
    func accepted(_ vector: Accepted) { vector.check() }

    @Test(
        "a text without exactly one value is refused",
        arguments: [
            Refused("the empty text", "", .unexpectedEnd, at: 0),
            Refused("white space only", " \n\t", .unexpectedEnd, at: 3),
            Refused("two values", "1 2", .trailingBytes, at: 2),
            Refused("two objects", "{}{}", .trailingBytes, at: 2),
            Refused("two values with a comma", "1,2", .trailingBytes, at: 1),
            Refused("a value and a bracket", "[]]", .trailingBytes, at: 2),
            Refused("a value and a quote", #""a"""#, .trailingBytes, at: 3),
            Refused("a comma", ",", .unexpectedByte, at: 0),
            Refused("a colon", ":", .unexpectedByte, at: 0),
        ])
    func singleValue(_ vector: Refused) { vector.check() }

    @Test(
        "an array not of the grammar is refused",
        arguments: [
            Refused("an opening bracket alone", "[", .unexpectedEnd, at: 1),
            Refused("a closing bracket alone", "]", .unexpectedByte, at: 0),
            Refused("not closed", "[1", .unexpectedEnd, at: 2),
            Refused("not closed after a comma", "[1,", .unexpectedEnd, at: 3),
            Refused("closed as an object", "[1}", .unexpectedByte, at: 2),
            Refused("opened as an object", "{]", .unexpectedByte, at: 1),
            Refused("an inner one closed as an object", "[[1}]", .unexpectedByte, at: 3),
            Refused("a comma behind the last", "[1,]", .unexpectedByte, at: 3),
            Refused("a comma before the first", "[,1]", .unexpectedByte, at: 1),
            Refused("a comma alone", "[,]", .unexpectedByte, at: 1),
            Refused("two commas", "[1,,2]", .unexpectedByte, at: 3),
            Refused("no comma", "[1 2]", .unexpectedByte, at: 3),
            Refused("no comma between arrays", "[[][]]", .unexpectedByte, at: 3),
            Refused("a colon instead of a comma", "[1:2]", .unexpectedByte, at: 2),
            Refused("a member in it", #"["a":1]"#, .unexpectedByte, at: 4),
        ])
    func arrays(_ vector: Refused) { vector.check() }

    @Test(
        "an object not of the grammar is refused",
        arguments: [
            Refused("an opening brace alone", "{", .unexpectedEnd, at: 1),
            Refused("a closing brace alone", "}", .unexpectedByte, at: 0),
            Refused("a name alone", #"{"a""#, .unexpectedEnd, at: 4),
            Refused("no colon", #"{"a"}"#, .unexpectedByte, at: 4),
            Refused("no colon before the value", #"{"a" 1}"#, .unexpectedByte, at: 5),
            Refused("a comma for the colon", #"{"a",1}"#, .unexpectedByte, at: 4),
            Refused("two colons", #"{"a"::1}"#, .unexpectedByte, at: 5),
            Refused("no value", #"{"a":}"#, .unexpectedByte, at: 5),
            Refused("no value before the comma", #"{"a":,"b":1}"#, .unexpectedByte, at: 5),
            Refused("not closed", #"{"a":1"#, .unexpectedEnd, at: 6),
            Refused("not closed after a comma", #"{"a":1,"#, .unexpectedEnd, at: 7),
            Refused("closed as an array", #"{"a":1]"#, .unexpectedByte, at: 6),
            Refused("an inner one closed as an array", #"[{"a":1]]"#, .unexpectedByte, at: 7),
            Refused("a comma behind the last", #"{"a":1,}"#, .unexpectedByte, at: 7),
            Refused("a comma before the first", #"{,"a":1}"#, .unexpectedByte, at: 1),
            Refused("two commas", #"{"a":1,,"b":2}"#, .unexpectedByte, at: 7),
            Refused("no comma", #"{"a":1 "b":2}"#, .unexpectedByte, at: 7),
            Refused("a value without a name", "{1}", .unexpectedByte, at: 1),
            Refused("a second value without a name", #"{"a":1,2}"#, .unexpectedByte, at: 7),
            Refused("a name that is a number", "{1:2}", .unexpectedByte, at: 1),
            Refused("a name that is a word", "{null:2}", .unexpectedByte, at: 1),
            Refused("a name without quotes", "{a:1}", .unexpectedByte, at: 1),
            Refused("a name in single quotes", "{'a':1}", .unexpectedByte, at: 1),
            Refused("a name that is an array", "{[]:1}", .unexpectedByte, at: 1),
        ])
    func objects(_ vector: Refused) { vector.check() }

    @Test(
        "words other than true, false and null are refused",
        arguments: [
            Refused("cut short", "tru", .unexpectedEnd, at: 3),
            Refused("cut short in an array", "[nul]", .unexpectedByte, at: 4),
            Refused("misspelt", "folse", .unexpectedByte, at: 1),
            Refused("continued", "truely", .trailingBytes, at: 4),
            Refused("continued in an array", "[nulls]", .unexpectedByte, at: 5),
            Refused("capital True", "True", .unexpectedByte, at: 0),
            Refused("capitals NULL", "NULL", .unexpectedByte, at: 0),
            Refused("capital inside", "nuLl", .unexpectedByte, at: 2),
            Refused("undefined", "undefined", .unexpectedByte, at: 0),
            Refused("nil", "nil", .unexpectedByte, at: 1),
            Refused("without quotes", "hello", .unexpectedByte, at: 0),
        ])
    func words(_ vector: Refused) { vector.check() }

    @Test(
        "what other notations allow is refused",
        arguments: [
            Refused("a line comment before", "// x\n1", .unexpectedByte, at: 0),
            Refused("a line comment behind", "1 // x", .trailingBytes, at: 2),
            Refused("a comment in an array", "[1,/* x */2]", .unexpectedByte, at: 3),
            Refused("a comment in an object", #"{"a":1/**/}"#, .unexpectedByte, at: 6),
            Refused("a hash comment", "# x\n1", .unexpectedByte, at: 0),
            Refused("a string in single quotes", "'a'", .unexpectedByte, at: 0),
            Refused("a string in backquotes", "`a`", .unexpectedByte, at: 0),
            Refused("parentheses", "(1)", .unexpectedByte, at: 0),
            Refused("an elision", "[1,,]", .unexpectedByte, at: 3),
            Refused("three dots", "[...]", .invalidNumber, at: 1),
            Refused("a leading assignment", "a=1", .unexpectedByte, at: 0),
            Refused("a trailing semicolon", "1;", .trailingBytes, at: 1),
        ])
    func otherNotations(_ vector: Refused) { vector.check() }

    @Test(
        "bytes that belong to no token are refused",
        arguments: [
            Refused("a byte order mark of UTF-8", "\u{FEFF}1", .unexpectedByte, at: 0),
            Refused("a byte order mark of UTF-16", bytes: [0xFF, 0xFE, 0x31, 0x00], .unexpectedByte, at: 0),
            Refused("UTF-16", bytes: [0x00, 0x31], .unexpectedByte, at: 0),
            Refused("NUL alone", "\0", .unexpectedByte, at: 0),
            Refused("NUL behind the value", "1\0", .trailingBytes, at: 1),
            Refused("NUL in an array", "[\0]", .unexpectedByte, at: 1),
            Refused("NUL in an object", "{\0}", .unexpectedByte, at: 1),
            Refused("NUL before the colon", "{\"a\"\0:1}", .unexpectedByte, at: 4),
            Refused("a backslash", #"[\n]"#, .unexpectedByte, at: 1),
            Refused("a letter beyond ASCII", "[é]", .unexpectedByte, at: 1),
            Refused("a full-width bracket", "［1］", .unexpectedByte, at: 0),
            Refused("a curly quote", "“a”", .unexpectedByte, at: 0),
            Refused("DEL", "\u{7F}", .unexpectedByte, at: 0),
        ])
    func strayBytes(_ vector: Refused) { vector.check() }
}
