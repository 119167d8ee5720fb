import Digests
import JSONText
import JetProtocol
import JetUsers
import Moments
import Testing

/// The client keys in a users file.
@Suite("Users files: keys")
struct UserKeyTests {
    static let first = Fingerprint(ofKey: [1])
    static let second = Fingerprint(ofKey: [2])
    static let third = Fingerprint(ofKey: [3])

    static func table(_ text: String) throws -> UserTable { try UserTable(parsing: Array(text.utf8)) }

    /// A file in which john has two keys and jane one.
    static func sample() throws -> UserTable {
        try table(
            """
            {"users": {
              "john": {"password": "h", "keys": [
                {"fingerprint": "\(first)", "title": "laptop", "added": "2026-03-01T12:30:00Z", "colour": "red"},
                {"fingerprint": "\(second)", "lastUsed": "2026-03-02T13:30:00.5+01:00", "x": [1.50]}]},
              "jane": {"admin": true, "keys": [{"fingerprint": "\(third)", "title": ""}]},
              "jim": {"keys": []}
            }}
            """)
    }

    @Test("keys are read with titles and times; what is absent is unknown")
    func reading() throws {
        let table = try Self.sample()
        let keys = try #require(table["john"]?.keys)
        #expect(
            keys == [
                User.Key(Self.first, title: "laptop", added: Moment(microseconds: 1_772_368_200_000_000)),
                User.Key(Self.second, title: "", lastUsed: Moment(microseconds: 1_772_454_600_500_000)),
            ])
        #expect(table["jim"]?.keys == [])
        #expect(table.keys().map(\.user) == ["john", "john", "jane"])
        #expect(table.keys(includingAdmins: false).map(\.key.fingerprint) == [Self.first, Self.second])
        #expect(table.fingerprints == [Self.first, Self.second, Self.third])
    }

    @Test("the user of a key is found")
    func lookUp() throws {
        let table = try Self.sample()
        #expect(table.user(ofKey: Self.first) == "john")
        #expect(table.user(ofKey: Self.third) == "jane")
        #expect(table.user(ofKey: Fingerprint(ofKey: [4])) == nil)
        #expect(UserTable().user(ofKey: Self.first) == nil)
    }

    @Test(
        "what is wrong is named with its place",
        arguments: [
            (#"{}"#, "users.john.keys: expected an array of keys"),
            (#"[7]"#, "users.john.keys[0]: expected an object"),
            (
                #"[{}]"#,
                "users.john.keys[0].fingerprint: expected a fingerprint: SHA256: and 43 characters of base64"
            ),
            (
                #"[{"fingerprint": "SHA256:AAAA"}]"#,
                "users.john.keys[0].fingerprint: expected a fingerprint: SHA256: and 43 characters of base64"
            ),
            (
                #"[{"fingerprint": "FIRST"}, {"fingerprint": 7}]"#,
                "users.john.keys[1].fingerprint: expected a fingerprint: SHA256: and 43 characters of base64"
            ),
            (
                #"[{"fingerprint": "FIRST"}, {"fingerprint": "FIRST"}]"#,
                "users.john.keys[1].fingerprint: the user has this key already"
            ),
            (
                #"[{"fingerprint": "SECOND"}]"#,
                "users.john.keys[0].fingerprint: the key is also of the user 'jane'; a key belongs to one user"
            ),
            (
                #"[{"fingerprint": "FIRST", "title": 1}]"#,
                "users.john.keys[0].title: expected a string of at most 256 bytes without control characters"
            ),
            (
                #"[{"fingerprint": "FIRST", "title": "a\u001b"}]"#,
                "users.john.keys[0].title: expected a string of at most 256 bytes without control characters"
            ),
            (
                #"[{"fingerprint": "FIRST", "added": "yesterday"}]"#,
                "users.john.keys[0].added: expected a time of RFC 3339, such as 2026-03-01T12:30:00Z"
            ),
            (
                #"[{"fingerprint": "FIRST", "lastUsed": null}]"#,
                "users.john.keys[0].lastUsed: expected a time of RFC 3339, such as 2026-03-01T12:30:00Z"
            ),
        ])
    func errors(keys: String, says: String) {
        let keys = keys.split(separator: "FIRST", omittingEmptySubsequences: false).joined(separator: "\(Self.first)")
            .split(separator: "SECOND", omittingEmptySubsequences: false).joined(separator: "\(Self.second)")
        let text = #"{"users":{"jane":{"keys":[{"fingerprint":"\#(Self.second)"}]},"john":{"keys":\#(keys)}}}"#
        let error = #expect(throws: UserTableError.self) { try Self.table(text) }
        #expect(error?.description == says)
    }

    @Test("a title that is giant is refused, and ten thousand keys are read")
    func giant() throws {
        let title = String(repeating: "x", count: 1 << 20)
        #expect(throws: UserTableError.self) {
            try Self.table(#"{"users":{"a":{"keys":[{"fingerprint":"\#(Self.first)","title":"\#(title)"}]}}}"#)
        }
        let keys = (0..<10_000).map { #"{"fingerprint":"\#(Fingerprint(ofKey: [UInt8($0 >> 8), UInt8($0 & 255)]))"}"# }
        let table = try Self.table(#"{"users":{"a":{"keys":[\#(keys.joined(separator: ","))]}}}"#)
        #expect(table.fingerprints.count == 10_000)
        #expect(table.user(ofKey: Fingerprint(ofKey: [0, 7])) == "a")
    }

    @Test(
        "times of RFC 3339 are read",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-03-01T12:30:00Z", 1_772_368_200_000_000),
            ("2026-03-01t13:30:00.25+01:00", 1_772_368_200_250_000),
            ("2024-02-29 00:00:00-00:30", 1_709_166_600_000_000),
            ("2026-12-31T23:59:60Z", 1_798_761_600_000_000),
        ] as [(String, UInt64)])
    func times(text: String, microseconds: UInt64) throws {
        let table = try Self.table(
            #"{"users":{"a":{"keys":[{"fingerprint":"\#(Self.first)","added":"\#(text)"}]}}}"#)
        #expect(table["a"]?.keys.first?.added == Moment(microseconds: microseconds))
    }

    @Test(
        "other texts are no times",
        arguments: [
            "", "2026-03-01", "2026-03-01T12:30:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+25:00", "1969-12-31T23:59:59Z",
            "2026-01-01T00:00:00ZZ", "+026-01-01T00:00:00Z", "2026-1-01T00:00:00Z", "1970-01-01T00:00:00+00:01",
        ])
    func noTimes(text: String) {
        let text = #"{"users":{"a":{"keys":[{"fingerprint":"\#(Self.first)","added":"\#(text)"}]}}}"#
        #expect(throws: UserTableError.self) { try Self.table(text) }
    }

    // MARK: Changing

    @Test("a key is added with its time; what was there keeps its unknown members and its order")
    func adding() throws {
        var table = try Self.sample()
        let key = User.Key(
            Fingerprint(ofKey: [4]), title: "phone", added: Moment(microseconds: 1_772_368_200_123_456))
        let isAdded = table.addKey(key, to: "john")
        #expect(isAdded)
        let isAddedToNobody = table.addKey(key, to: "nobody")
        #expect(!isAddedToNobody)
        #expect(table.user(ofKey: key.fingerprint) == "john")
        let text = String(decoding: table.text, as: UTF8.self)
        #expect(
            text.contains(
                """
                      "keys": [
                        {"fingerprint":"\(Self.first)","title":"laptop","added":"2026-03-01T12:30:00Z","colour":"red"},
                        {"fingerprint":"\(Self.second)","lastUsed":"2026-03-02T13:30:00.5+01:00","x":[1.50]},
                        {"fingerprint":"\(key.fingerprint)","title":"phone","added":"2026-03-01T12:30:00Z"}
                      ]
                """))
        #expect(try UserTable(parsing: table.text)["john"]?.keys.count == 3)
    }

    @Test("a change of something else leaves the keys as they are written")
    func untouched() throws {
        var table = try Self.table(
            #"{"users":{"a":{"keys":[{"title":"t","fingerprint":"\#(Self.first)"}]},"b":{"keys":[]},"c":{}}}"#)
        for name in ["a", "b", "c"] { table[name]?.hash = "h" }
        let text = String(decoding: table.text, as: UTF8.self)
        #expect(text.contains(#"{"title":"t","fingerprint":"\#(Self.first)"}"#))
        #expect(text.contains(#""keys": []"#))
        #expect(try UserTable(parsing: table.text) == table)
    }

    @Test("a key that another user had is moved; one that the user had is replaced")
    func moving() throws {
        var table = try Self.sample()
        table.addKey(User.Key(Self.third, title: "new"), to: "john")
        #expect(table.user(ofKey: Self.third) == "john")
        #expect(table["jane"]?.keys == [])
        table.addKey(User.Key(Self.third, title: "newer"), to: "john")
        #expect(table["john"]?.keys.map(\.title) == ["laptop", "", "newer"])
        table["jim"] = User(hash: nil, keys: [User.Key(Self.first, title: "stolen")])
        #expect(table["john"]?.keys.map(\.fingerprint) == [Self.second, Self.third])
        #expect(try UserTable(parsing: table.text) == table)
    }

    @Test("a removed key belongs to no user, and neither do the keys of a removed user")
    func removing() throws {
        var table = try Self.sample()
        let owners = (1...2).map { _ in table.removeKey(Self.first) }
        #expect(owners == ["john", nil])
        #expect(table.user(ofKey: Self.first) == nil)
        #expect(table["john"]?.keys.map(\.fingerprint) == [Self.second])
        table.removeKey(Self.second)
        #expect(!String(decoding: table.text, as: UTF8.self).contains("\(Self.second)"))
        table["jane"] = nil
        #expect(table.fingerprints == [])
        #expect(try UserTable(parsing: table.text) == table)
    }

    @Test("a use is noted, but not more often than asked for")
    func lastUsed() throws {
        var table = try Self.sample()
        let moment = Moment(microseconds: 1_772_368_200_000_000)
        let noted = table.noteUse(ofKey: Self.first, at: moment)
        #expect(noted)
        #expect(table["john"]?.keys.first?.lastUsed == moment)
        #expect(String(decoding: table.text, as: UTF8.self).contains(#""lastUsed":"2026-03-01T12:30:00Z""#))
        let isTooEarly = table.noteUse(ofKey: Self.first, at: moment.advanced(seconds: 59), olderThan: 60)
        #expect(!isTooEarly)
        let isOld = table.noteUse(ofKey: Self.first, at: moment.advanced(seconds: 60), olderThan: 60)
        #expect(isOld)
        let isUnknown = table.noteUse(ofKey: Fingerprint(ofKey: [9]), at: moment)
        #expect(!isUnknown)
    }

    // MARK: Pairing

    static func key(_ title: String, _ number: UInt8 = 9) -> User.Key {
        User.Key(Fingerprint(ofKey: [number]), title: title)
    }

    @Test(
        "a new user is named after the title of its key",
        arguments: [
            ("Ada's Laptop", "ada-s-laptop"), ("--x--", "x"), ("é", "peer"), ("日本", "peer"), ("../../etc", "etc"),
            ("John", "john-2"), ("root:x:0", "root-x-0"), ("0", "0"),
            (String(repeating: "a", count: 256), String(repeating: "a", count: 32)),
            (String(repeating: "a", count: 31) + " b", String(repeating: "a", count: 31)),
        ])
    func names(title: String, name: String) throws {
        var table = try Self.sample()
        let paired = table.pair(Self.key(title), by: PairingOffers.Offer(groups: ["operator"]))
        #expect(paired == name)
        let user = try #require(table[name])
        #expect(user.hash == nil && !user.isAdmin)
        #expect(user.groups == Groups(fetch: ["operator"], set: ["operator"], call: ["operator"]))
        #expect(table.user(ofKey: Self.key(title).fingerprint) == name)
    }

    @Test("each pairing without a name makes a user of its own")
    func unique() {
        var table = UserTable()
        let names = (1...3).map { table.pair(Self.key("x", $0), by: PairingOffers.Offer(groups: [])) }
        #expect(names == ["x", "x-2", "x-3"])
    }

    @Test("an offer that names a user adds the key to it, with the groups that it has")
    func named() throws {
        var table = try Self.sample()
        table["john"]?.groups = Groups(fetch: ["a"])
        let john = table.pair(Self.key("k"), by: PairingOffers.Offer(user: "john", groups: ["operator"]))
        #expect(john == "john")
        #expect(table["john"]?.keys.count == 3)
        #expect(table["john"]?.groups == Groups(fetch: ["a"]))
        #expect(table["john"]?.hash == "h")
        let missing = table.pair(Self.key("k", 8), by: PairingOffers.Offer(user: "Zoë", groups: ["z"]))
        #expect(missing == nil)
        #expect(table["Zoë"] == nil, "a mistyped name makes no user")
    }

    @Test("a new user does not get a name that the configuration gives rights")
    func reserved() {
        var table = UserTable()
        let offer = PairingOffers.Offer(groups: ["g"])
        let names = (1...2).map { table.pair(Self.key("PLC", $0), by: offer, reserved: ["plc", "plc-3"]) }
        #expect(names == ["plc-2", "plc-4"])
    }

    @Test("a user that a pairing has created ends with its last key, others stay")
    func unreachable() throws {
        var table = try Self.sample()
        let offer = PairingOffers.Offer(groups: ["g"])
        #expect(table.pair(Self.key("tv", 7), by: offer) == "tv")
        // The same machine pairs again.
        #expect(table.pair(Self.key("tablet", 7), by: offer) == "tablet")
        #expect(table["tv"] == nil)
        table.removeKey(Self.key("tablet", 7).fingerprint)
        #expect(table["tablet"] == nil)
        let john = table["john"]
        for key in john?.keys ?? [] { table.removeKey(key.fingerprint) }
        #expect(table["john"]?.keys == [])
        // One that has got a password stays.
        #expect(table.pair(Self.key("radio", 8), by: offer) == "radio")
        table["radio"]?.hash = "h"
        table.removeKey(Self.key("radio", 8).fingerprint)
        #expect(table["radio"] != nil)
        let again = try UserTable(parsing: table.text)
        #expect(again["radio"]?.isPaired == true)
    }

    @Test("an operator offers no more than it has, neither to new users nor to others, at the time of the pairing")
    func bound() throws {
        var table = try Self.sample()
        table["john"]?.groups = Groups(fetch: ["a"], call: ["a"])
        let all = Groups(fetch: ["a", "b"], set: ["a", "b"], call: ["a", "b"])
        func permits(_ user: String?, _ groups: Set<String>, _ bound: Groups?, by asker: String? = "john") -> Bool {
            table.permits(PairingOffers.Offer(user: user, groups: groups, bound: bound, asker: asker))
        }
        #expect(permits(nil, ["a", "b"], all))
        #expect(!permits(nil, ["c"], all))
        for groups in [
            Groups(fetch: ["a"], set: ["a"]), Groups(set: ["a"], call: ["a"]), Groups(fetch: ["a"], call: ["a"]),
        ] {
            #expect(!permits(nil, ["a"], groups))
        }
        #expect(permits("john", ["operator"], all), "another key for oneself")
        #expect(!permits("john", [], all, by: "ann"), "others may have rights that are not groups")
        #expect(!permits("john", [], all, by: nil))
        #expect(!permits("jane", [], all), "jane is an admin")
        #expect(permits("jane", ["x"], nil))
        // The user is removed after the offer was made.
        let offer = PairingOffers.Offer(user: "john", groups: ["a"], bound: all, asker: "john")
        #expect(table.permits(offer))
        table["john"] = nil
        let paired = table.pair(Self.key("k"), by: offer)
        #expect(paired == nil)
        #expect(table["john"] == nil)
    }
}
