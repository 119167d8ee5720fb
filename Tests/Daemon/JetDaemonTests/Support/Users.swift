import Glibc
import JSONText
import JetDaemon
import JetProtocol
import JetUsers

/// A users file for one test, with cheap hashes: nobody waits for them.
struct TestUsers: Sendable {
    let file: UserFile

    /// `john` (password `john's`) is in the group `johns`, `ops` (`ops's`) in `ops` and an admin.
    init(in folder: String) throws {
        file = UserFile("\(folder)/users.json")
        try set("john", password: "john's", groups: ["johns"])
        try set("ops", password: "ops's", groups: ["ops"], isAdmin: true)
    }

    func set(_ name: String, password: String, groups: Set<String>, isAdmin: Bool = false) throws {
        let hash = try Crypt.hash(Secret(password), by: Crypt.Method(prefix: "$5$", cost: 1000))
        try file.update(creating: true) {
            $0[name] = User(hash: hash, groups: Groups(fetch: groups, set: groups, call: groups), isAdmin: isAdmin)
        }
    }

    /// Puts any text in the place of the file.
    func write(_ text: String) {
        let descriptor = open(file.path, O_WRONLY | O_TRUNC)
        _ = Glibc.write(descriptor, text, text.utf8.count)
        close(descriptor)
    }

    /// Runs a daemon with such a file.
    static func withDaemon(
        grants: [String] = [], _ body: @escaping @Sendable (TestDaemon, TestUsers) throws -> Void
    ) async throws {
        try await withFolder { folder in
            let users = try TestUsers(in: folder)
            try await JetDaemonTests.withDaemon({
                $0.users = users.file.path
                // Tests that are about something else try wrong passwords, too.
                $0.loginDelay = 0
                $0.grants = grants.compactMap { Grant(parsing: $0) }
            }) { try body($0, users) }
        }
    }
}

extension RawPeer {
    /// Says who it is; whether the daemon believes it.
    func authenticate(_ user: String, _ password: String) throws -> Bool {
        let params: JSON = ["user": .string(user), "password": .string(password)]
        return try askValue("\(["id": 1, "method": "authenticate", "params": params] as JSON)")["result"] != nil
    }

    /// Adds a State that one group alone can see and set.
    func add(_ path: String, for group: String) throws {
        _ = try ask(
            #"{"id":1,"method":"add","params":{"path":"\#(path)","value":1,"access":{"fetchGroups":["\#(group)"],"setGroups":["\#(group)"]}}}"#
        )
    }

    /// The paths that it can see.
    func paths() throws -> Set<String> {
        let entries = try askValue(#"{"id":1,"method":"get"}"#)["result"]?.array ?? []
        return Set(entries.compactMap { $0["path"]?.string })
    }
}
