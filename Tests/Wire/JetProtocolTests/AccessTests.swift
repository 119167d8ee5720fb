import JSONText
import JetProtocol
import Testing

/// Who may see and use an element (jet-protocol(7) §6).
@Suite("Access")
struct AccessTests {
    @Test("an absent list does not restrict, an empty one shuts everyone out")
    func admits() {
        #expect(Groups.admits(nil, []))
        #expect(Groups.admits(nil, ["a"]))
        #expect(!Groups.admits([], []))
        #expect(!Groups.admits([], ["a"]))
    }

    @Test("a list lets those through who are in one of its groups")
    func oneOf() {
        #expect(Groups.admits(["a", "b"], ["b", "c"]))
        #expect(!Groups.admits(["a", "b"], ["c"]))
        #expect(!Groups.admits(["a", "b"], []))
    }

    @Test("access is read and written by the names of its lists")
    func wire() {
        let json: JSON = ["fetchGroups": ["a", "b"], "setGroups": [], "callGroups": ["c"]]
        let access = Access(parsing: json)
        #expect(access == Access(fetchGroups: ["a", "b"], setGroups: [], callGroups: ["c"]))
        #expect(access?.json == json)
        #expect(Access(parsing: [:]) == Access())
        #expect(Access().json == [:])
        #expect(Access(parsing: ["setGroups": nil, "callGroups": []]) == Access(callGroups: []))
        #expect(Access(parsing: ["setGroups": ["s"], "other": 1])?.json == ["setGroups": ["s"]])
    }

    @Test(
        "what is no access is none",
        arguments: [
            nil, "a", ["a"], ["fetchGroups": "a"], ["setGroups": false], ["callGroups": ["a", 1]], ["setGroups": [[]]],
        ] as [JSON])
    func wrong(value: JSON) {
        #expect(Access(parsing: value) == nil)
    }
}
