import ArgumentParser
import JSONText
import Testing

@testable import JetCommand

@Suite("A value on the command line")
struct JSONArgumentTests {
    @Test(
        "is JSON",
        arguments: [
            ("true", true), ("-5", -5), (" [1] ", [1]), (#""red""#, "red"), (#"{"a":null}"#, ["a": nil]),
        ] as [(String, JSON)])
    func json(text: String, value: JSON) throws {
        #expect(try JSONArgument.value(text, asString: false) == value)
    }

    @Test("that is no JSON is refused, with the words to type instead")
    func bareWord() {
        let error = #expect(throws: JSONArgumentError.self) { try JSONArgument.value("on", asString: false) }
        #expect(error?.description.contains(#"'on' is not JSON"#) == true)
        #expect(error?.description.contains(#"'"on"'"#) == true)
        #expect(error?.description.contains("--string") == true)
    }

    @Test("is quoted for a shell in that hint, quotes of its own included")
    func quoting() {
        let error = #expect(throws: JSONArgumentError.self) { try JSONArgument.value("it's", asString: false) }
        #expect(error?.description.contains(#"'"it'\''s"'"#) == true)
    }

    @Test("is a string as it stands with --string", arguments: ["on", "42", #"a "b""#, "", "-5"])
    func asString(text: String) throws {
        #expect(try JSONArgument.value(text, asString: true) == .string(text))
    }

    @Test("keeps the digits of a number")
    func digits() throws {
        #expect(
            try JSONArgument.value("1.50000000000000000001", asString: false).description == "1.50000000000000000001")
    }
}

@Suite("The arguments of a call")
struct CallArgumentsTests {
    @Test(
        "are one array or object as it is, or all values as an array",
        arguments: [
            (["[1,2]"], "[1,2]"), ([#"{"a":1}"#], #"{"a":1}"#), (["1"], "[1]"), (["1", "2"], "[1,2]"),
            (["[1]", "[2]"], "[[1],[2]]"), (["null"], "[null]"),
        ])
    func values(texts: [String], json: String) throws {
        #expect(try JSONArgument.callArguments(texts, asStrings: false)?.description == json)
    }

    @Test("are none when there are none")
    func none() throws {
        #expect(try JSONArgument.callArguments([], asStrings: false) == nil)
    }

    @Test("are strings with --string")
    func strings() throws {
        #expect(try JSONArgument.callArguments(["Ada", "1"], asStrings: true) == ["Ada", "1"])
    }
}

@Suite("A negative number")
struct NegativeNumberTests {
    @Test("is no option, and comes out as it was typed")
    func marked() throws {
        let arguments = JSONArgument.markingNegativeNumbers(["set", "-i", "--json", "-", "a", "-5", "-.5"])
        #expect(arguments == ["set", "-i", "--json", "-", "a", "\0-5", "-.5"])
        #expect(try JSONArgument.value("\0-5", asString: false) == -5)
        #expect(try JSONArgument.value("\0-5", asString: true) == "-5")
    }

    @Test("after -- is left alone")
    func terminated() {
        #expect(JSONArgument.markingNegativeNumbers(["a", "--", "-5"]) == ["a", "--", "-5"])
    }

    @Test("is understood by the command")
    func parsed() throws {
        let arguments = JSONArgument.markingNegativeNumbers(["set", "a", "-5"])
        let command = try #require(try JetTool.parseAsRoot(arguments) as? SetCommand)
        #expect(try JSONArgument.value(command.value, asString: false) == -5)
    }
}
