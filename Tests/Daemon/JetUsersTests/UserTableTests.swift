import JSONText
import JetProtocol
import JetUsers
import Testing

/// What a users file says, and what is wrong with one.
@Suite("Users files: what is in them")
struct UserTableTests {
    static func table(_ text: String) throws -> UserTable { try UserTable(parsing: Array(text.utf8)) }

    @Test("a file of cjet's: names, groups and flags; what is absent is none")
    func format() throws {
        let table = try Self.table(
            #"""
            {"users": {
              "john": {"password": "h", "auth": {"fetchGroups": ["a", "b"], "setGroups": [], "callGroups": ["c"]}},
              "jane": {"password": "i", "auth": {}, "admin": true, "readonly": true},
              "jim": {}
            }}
            """#)
        #expect(table.names == ["john", "jane", "jim"])
        #expect(table["john"] == User(hash: "h", groups: Groups(fetch: ["a", "b"], call: ["c"])))
        #expect(table["jane"] == User(hash: "i", isAdmin: true, isReadOnly: true))
        #expect(table["jim"] == User(hash: nil))
        #expect(table["nobody"] == nil)
    }

    @Test(
        "what is wrong is named with its place",
        arguments: [
            ("{\"users\":\n  {\"a\" 1}}", "line 2, column 8: unexpected byte"),
            ("[]", "expected an object with 'users'"),
            ("{}", "users: expected an object with a member for each user"),
            (#"{"users":[]}"#, "users: expected an object with a member for each user"),
            (#"{"users":{"john":1}}"#, "users.john: expected an object"),
            (#"{"users":{"john":{"password":1}}}"#, "users.john.password: expected a string, a hash of crypt(5)"),
            (#"{"users":{"john":{"auth":[]}}}"#, "users.john.auth: expected an object"),
            (
                #"{"users":{"john":{"auth":{"setGroups":"all"}}}}"#,
                "users.john.auth.setGroups: expected an array of strings"
            ),
            (
                #"{"users":{"john":{"auth":{"setGroups":[1]}}}}"#,
                "users.john.auth.setGroups: expected an array of strings"
            ),
            (#"{"users":{"john":{"admin":"yes"}}}"#, "users.john.admin: expected true or false"),
            (#"{"users":{"john":{"readonly":1}}}"#, "users.john.readonly: expected true or false"),
        ])
    func errors(text: String, says: String) {
        let error = #expect(throws: UserTableError.self) { try Self.table(text) }
        #expect(error?.description == says)
    }

    @Test("what nobody here understands is kept, and so is the order")
    func kept() throws {
        var table = try Self.table(
            #"{"z":[1.50],"users":{"b":{"x":{"y":null},"password":"h","auth":{"q":1,"setGroups":["2","1"]}},"a":{}}}"#)
        table["b"]?.hash = "i"
        table["c"] = User(hash: "k", groups: Groups(fetch: ["y", "x"]), isAdmin: true)
        let text = String(decoding: table.text, as: UTF8.self)
        #expect(
            text == #"""
                {
                  "z": [1.50],
                  "users": {
                    "b": {
                      "x": {
                        "y": null
                      },
                      "password": "i",
                      "auth": {
                        "q": 1,
                        "setGroups": ["2","1"],
                        "fetchGroups": [],
                        "callGroups": []
                      }
                    },
                    "a": {},
                    "c": {
                      "password": "k",
                      "auth": {
                        "fetchGroups": ["x","y"],
                        "setGroups": [],
                        "callGroups": []
                      },
                      "admin": true
                    }
                  }
                }

                """#)
        #expect(try Self.table(text) == table)
    }

    @Test("names are told apart by code points, and may be anything")
    func names() throws {
        var table = UserTable()
        for (number, name) in ["é", "e\u{301}", "", "a.b", "\"", "\0"].enumerated() {
            table[name] = User(hash: "\(number)")
        }
        table = try UserTable(parsing: table.text)
        #expect(table.names.count == 6)
        #expect(table["é"]?.hash == "0")
        #expect(table["e\u{301}"]?.hash == "1")
    }
}
