import Handover
import JSONText
import Testing

/// What the agent may ask of root.
struct UpdateRequestTests {
    @Test("a request is a name and a caller, and comes back as it was written")
    func roundTrip() throws {
        let request = try #require(UpdateRequest(id: RequestID.new(), by: "alice"))
        #expect(UpdateRequest(parsing: request.json.text) == request)
    }

    @Test(
        "what cannot be a job's name is refused",
        arguments: ["", "a b", "../x", "A", "a\n", "ä", "$(x)", String(repeating: "a", count: 65)])
    func names(id: String) { #expect(UpdateRequest(id: id, by: "alice") == nil) }

    @Test("a caller's name is cut, and cannot make a line of its own in the log")
    func callers() {
        #expect(UpdateRequest(id: "a", by: "al\nice\u{1B}[2J\u{85}")?.by == "alice[2J")
        #expect(UpdateRequest(id: "a", by: "\n")?.by == "an unknown peer")
        #expect(UpdateRequest(id: "a", by: String(repeating: "e", count: 1000))?.by.count == 128)
        #expect(UpdateRequest(id: "a", by: "e" + String(repeating: "\u{301}", count: 1000))?.by.utf8.count == 255)
    }

    @Test("other texts are no requests", arguments: ["", "{", "[]", "{}", #"{"id":"a"}"#, #"{"id":1,"by":"x"}"#])
    func nonsense(text: String) { #expect(UpdateRequest(parsing: Array(text.utf8)) == nil) }

    @Test("ids are new each time, and of 16 digits, for changes and jobs alike")
    func ids() {
        let ids = (0..<1000).map { _ in RequestID.new() }
        #expect(Set(ids).count == 1000)
        #expect(ids.allSatisfy { $0.utf8.count == 16 && ChangeRequest.isIdentifier($0) })
        #expect(ids.allSatisfy { UpdateRequest(id: $0, by: "alice") != nil })
    }
}
