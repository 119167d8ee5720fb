import JSONText
import JetProtocol
import Testing

/// A message is scanned into the places of its parts (jet-protocol(7) §2).
@Suite("Messages")
struct MessageTests {
    /// The parts of a message as texts, so that they can be compared.
    private struct Parts: Equatable {
        var whole: String?
        var id: String?
        var method: String?
        var hasWrongMethod = false
        var params: String?
        var result: String?
        var error: String?
        var hasValidID = false
        /// The members of `params`, if that is an object.
        var members: [String] = []
    }

    /// Reads one message; `nil` when it is no object.
    private func parts(_ text: String) throws -> Parts? {
        let bytes = Array(text.utf8)
        let span = bytes.span.bytes
        var members = JSONMembers()
        var scanner = JSONScanner(span)
        guard let message = try scanner.message(params: &members) else { return nil }
        try scanner.end()
        func part(_ range: ByteRange?) -> String? {
            range.map { String(decoding: bytes[$0.start..<$0.end], as: UTF8.self) }
        }
        return Parts(
            whole: part(message.whole), id: part(message.id), method: message.method?.string(in: span),
            hasWrongMethod: message.hasWrongMethod, params: part(message.params), result: part(message.result),
            error: part(message.error), hasValidID: message.hasValidID(in: span),
            members: (0..<members.count).map { index in
                "\(members[index].name.string(in: span))=\(members[index].value.of(span).string)"
            })
    }

    @Test("a request has an id, a method and params")
    func request() throws {
        let text = #"{"id":7,"method":"change","params":{"path":"a","value":1.50}}"#
        let expected = Parts(
            whole: text, id: "7", method: "change", params: #"{"path":"a","value":1.50}"#, hasValidID: true,
            members: [#"path="a""#, "value=1.50"])
        #expect(try parts(text) == expected)
    }

    @Test("the order of the members does not matter")
    func order() throws {
        let ways = [
            #"{"id":1,"method":"m","params":{"a":2}}"#, #"{"params":{"a":2},"id":1,"method":"m"}"#,
            #"{"method":"m","params":{"a":2},"id":1}"#, #" { "params" : {"a":2} , "method" : "m" , "id" : 1 } "#,
        ]
        for way in ways {
            let parts = try parts(way)
            #expect(parts?.id == "1", "\(way)")
            #expect(parts?.method == "m", "\(way)")
            #expect(parts?.params == #"{"a":2}"#, "\(way)")
            #expect(parts?.members == ["a=2"], "\(way)")
        }
    }

    @Test("the whole message lies from brace to brace")
    func whole() throws {
        #expect(try parts(" \n{\"id\":1} \t")?.whole == #"{"id":1}"#)
        #expect(try parts(" { } ") == Parts(whole: "{ }"))
    }

    @Test("a notification has no id")
    func notification() throws {
        let parts = try parts(#"{"method":"m"}"#)
        #expect(parts?.id == nil)
        #expect(parts?.hasValidID == false)
        #expect(parts?.params == nil)
    }

    @Test("a response has a result or an error, of whatever type", arguments: ["null", "false", "[]", #"{"code":1}"#])
    func response(value: String) throws {
        #expect(try parts(#"{"id":"x","result":\#(value)}"#)?.result == value)
        #expect(try parts(#"{"id":"x","error":\#(value)}"#)?.error == value)
    }

    @Test("of duplicates the last counts")
    func duplicates() throws {
        let text = #"{"id":1,"method":"a","params":{"x":1},"id":2,"method":"b","params":{"y":2,"y":3}}"#
        let parts = try parts(text)
        #expect(parts?.id == "2")
        #expect(parts?.method == "b")
        #expect(parts?.members == ["y=2", "y=3"])
    }

    @Test("of params that are given twice the last count, whatever their types")
    func duplicateParams() throws {
        #expect(try parts(#"{"params":{"x":1},"params":[1]}"#)?.members == [])
        #expect(try parts(#"{"params":[1],"params":{"x":1}}"#)?.members == ["x=1"])
        #expect(try parts(#"{"params":{"x":1},"params":{}}"#)?.members == [])
    }

    @Test("a method that is no string is one of a wrong type, unless another one follows")
    func wrongMethod() throws {
        for value in ["1", "null", "true", "[]", #"{"a":1}"#] {
            let parts = try parts(#"{"method":\#(value)}"#)
            #expect(parts?.method == nil, "\(value)")
            #expect(parts?.hasWrongMethod == true, "\(value)")
        }
        #expect(try parts(#"{"method":1,"method":"m"}"#)?.hasWrongMethod == false)
        let last = try parts(#"{"method":"m","method":1}"#)
        #expect(last?.method == nil)
        #expect(last?.hasWrongMethod == true)
    }

    @Test("names of members may be written with escapes")
    func escapedNames() throws {
        let parts = try parts(#"{"\u0069d":1,"me\u0074hod":"\u006d","par\u0061ms":{"\u0061":2},"jsonrpc":"2.0"}"#)
        #expect(parts?.id == "1")
        #expect(parts?.method == "m")
        #expect(parts?.members == ["a=2"])
    }

    @Test("members that the protocol does not know are left out")
    func unknown() throws {
        let text = #"{"jsonrpc":"2.0","id":1,"x":{"id":2,"method":"no"},"method":"m","":[],"Method":"no"}"#
        let parts = try parts(text)
        #expect(parts?.id == "1")
        #expect(parts?.method == "m")
    }

    @Test("params may be of any type; only those of an object have members")
    func params() throws {
        for value in ["[1,2]", #""text""#, "1", "null", "true"] {
            let parts = try parts(#"{"method":"m","params":\#(value)}"#)
            #expect(parts?.params == value)
            #expect(parts?.members == [])
        }
    }

    @Test("an id can be answered if it is a string or a number")
    func validID() throws {
        for id in ["1", "-1", "1e3", "0", #""""#, #""a""#] {
            #expect(try parts(#"{"id":\#(id)}"#)?.hasValidID == true, "\(id)")
        }
        for id in ["null", "true", "[1]", "{}"] {
            #expect(try parts(#"{"id":\#(id)}"#)?.hasValidID == false, "\(id)")
        }
    }

    @Test("what is no object is skipped", arguments: ["1", "null", #""x""#, "[1,{}]"])
    func noObject(text: String) throws {
        #expect(try parts(text) == nil)
    }

    @Test(
        "what is no JSON is an error", arguments: ["{", #"{"id"}"#, #"{"id":}"#, #"{"id":1,}"#, #"{"method":"m}"#, ""])
    func noJSON(text: String) {
        #expect(throws: JSONError.self) { try parts(text) }
    }

    @Test("the next message in the same text starts from nothing")
    func several() throws {
        let bytes = Array(#"[{"id":1,"params":{"a":1}},5,{"method":"m"}]"#.utf8)
        let span = bytes.span.bytes
        var members = JSONMembers()
        var scanner = JSONScanner(span)
        #expect(try scanner.enterArray())
        let first = try scanner.message(params: &members)
        #expect(first?.id?.of(span).string == "1")
        #expect(members.count == 1)
        #expect(try scanner.nextElement())
        let second = try scanner.message(params: &members)
        #expect(second == nil)
        #expect(members.count == 0)
        #expect(try scanner.nextElement())
        let third = try scanner.message(params: &members)
        #expect(third?.method?.string(in: span) == "m")
        #expect(third?.id == nil)
    }
}
