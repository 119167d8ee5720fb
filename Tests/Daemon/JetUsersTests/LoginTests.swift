import JetProtocol
import JetUsers
import Testing

/// jet-protocol(7) §2: `authenticate` and `passwd`, as the users file decides them.
@Suite("Who may be whom, and who may change whose password")
struct LoginTests {
    static let cheap = Crypt.Method(prefix: "$5$", cost: 1000)
    static let groups = Groups(fetch: ["f"], set: ["s"], call: ["c"])
    let table: UserTable

    init() throws {
        var table = UserTable()
        table["john"] = try Self.user("john's")
        table["root"] = try Self.user("root's", isAdmin: true)
        table["kiosk"] = try Self.user("kiosk's", isReadOnly: true)
        table["locked"] = User(hash: "!", groups: Self.groups)
        table["unborn"] = User(hash: nil, groups: Self.groups)
        self.table = table
    }

    private static func user(_ password: String, isAdmin: Bool = false, isReadOnly: Bool = false) throws -> User {
        let hash = try Crypt.hash(Secret(password), by: cheap)
        return User(hash: hash, groups: groups, isAdmin: isAdmin, isReadOnly: isReadOnly)
    }

    @Test("the right password gives the user's groups")
    func granted() { #expect(table.login("john", Secret("john's")) == .granted(Self.groups)) }

    @Test(
        "any other password is wrong, and some users have none that is right",
        arguments: [
            ("john", ""), ("john", "john"), ("john", "root's"), ("locked", ""), ("locked", "!"), ("unborn", ""),
        ])
    func wrong(user: String, password: String) {
        #expect(table.login(user, Secret(password)) == .wrongPassword)
    }

    @Test("a name that nobody has is unknown, whosever password comes with it", arguments: ["", "JOHN", "john "])
    func unknown(user: String) {
        for password in ["john's", "root's", "kiosk's"] {
            #expect(table.login(user, Secret(password)) == .unknownUser)
        }
        #expect(UserTable().login(user, Secret("x")) == .unknownUser)
    }

    @Test("everybody may change the own password; an admin anybody's; nobody that of one who is readonly")
    func allowed() throws {
        for (asker, user) in [("john", "john"), ("root", "john"), ("root", "root"), ("root", "unborn")] {
            var table = table
            try table.changePassword(of: user, to: Secret("new"), by: asker, method: Self.cheap)
            #expect(table.login(user, Secret("new")) == .granted(Self.groups))
            #expect(table.names == self.table.names)
        }
    }

    @Test("a user that logs in by a key cannot give itself a password, which would outlive the key; an admin can")
    func passwordOfKey() throws {
        var table = table
        table["paired"] = User(hash: nil, groups: Self.groups, isPaired: true)
        #expect(throws: UserTable.Refusal.forbidden) {
            try table.changePassword(of: "paired", to: Secret("new"), by: "paired", method: Self.cheap)
        }
        try table.changePassword(of: "paired", to: Secret("new"), by: "root", method: Self.cheap)
        #expect(table.login("paired", Secret("new")) == .granted(Self.groups))
    }

    @Test(
        "what is refused changes nothing, and says nothing about who there is",
        arguments: [
            ("john", "root", .forbidden), ("john", "nobody", .forbidden), ("kiosk", "kiosk", .forbidden),
            ("root", "kiosk", .forbidden), ("gone", "john", .forbidden), ("gone", "gone", .unknownUser),
            ("root", "nobody", .unknownUser),
        ] as [(String, String, UserTable.Refusal)])
    func refused(asker: String, user: String, refusal: UserTable.Refusal) {
        var table = table
        #expect(throws: refusal) {
            try table.changePassword(of: user, to: Secret("new"), by: asker, method: Self.cheap)
        }
        #expect(table == self.table)
    }

    @Test(
        "a password that could never be given again is refused",
        arguments: ["", "a\0b", String(repeating: "x", count: 512)])
    func unusable(password: String) {
        var table = table
        #expect(throws: UserTable.Refusal.unusablePassword) {
            try table.changePassword(of: "john", to: Secret(password), by: "john", method: Self.cheap)
        }
        #expect(table == self.table)
    }
}
