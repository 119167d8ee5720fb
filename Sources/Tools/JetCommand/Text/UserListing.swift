import Jet
import JetProtocol
import JetUsers

/// The output of `jet passwd --list`, without hashes.
enum UserListing {
    /// One user for programs.
    static func record(_ name: String, _ user: User) -> JSON {
        var record: JSON.Object = ["user": .string(name)]
        for member in user.groups.json.object ?? [:] { record[member.name] = member.value }
        record["admin"] = .boolean(user.isAdmin)
        record["readonly"] = .boolean(user.isReadOnly)
        return .object(record)
    }

    /// A line for each user, names aligned.
    static func lines(_ users: [(name: String, user: User)]) -> [StyledLine] {
        let width = users.map { DisplayWidth.of(TerminalText.escaped($0.name)) }.max() ?? 0
        return users.map { name, user in
            [
                StyledText(DisplayWidth.padded(TerminalText.escaped(name), to: width + 2)),
                StyledText(TerminalText.escaped(description(of: user)), .faint),
            ]
        }
    }

    private static func description(of user: User) -> String {
        let groups = user.groups
        func list(_ names: Set<String>) -> String { names.isEmpty ? "-" : names.sorted().joined(separator: ",") }
        var parts =
            groups.fetch == groups.set && groups.set == groups.call
            ? ["groups \(list(groups.fetch))"]
            : ["fetch \(list(groups.fetch))", "set \(list(groups.set))", "call \(list(groups.call))"]
        if user.isAdmin { parts.append("admin") }
        if user.isReadOnly { parts.append("readonly") }
        if user.hash == nil { parts.append("no password") }
        return parts.joined(separator: "  ")
    }
}
