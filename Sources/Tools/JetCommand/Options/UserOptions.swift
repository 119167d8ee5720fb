import ArgumentParser
import JetProtocol
import JetUsers

/// The users file, and the properties of a user.
struct UserOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The users file.", valueName: "file"), completion: .file(extensions: ["json"]))
    var file = "/var/lib/jet/users.json"

    @Option(
        help: ArgumentHelp("The groups for fetching, setting and calling, separated by commas.", valueName: "groups"))
    var groups: String?
    @Option(help: ArgumentHelp("The groups for fetching.", valueName: "groups"))
    var fetchGroups: String?
    @Option(help: ArgumentHelp("The groups for setting.", valueName: "groups"))
    var setGroups: String?
    @Option(help: ArgumentHelp("The groups for calling.", valueName: "groups"))
    var callGroups: String?

    @Flag(inversion: .prefixedNo, help: "Whether the user may change the passwords of other users over the bus.")
    var admin: Bool?
    @Flag(inversion: .prefixedNo, help: "Whether the password of the user cannot be changed over the bus.")
    var readonly: Bool?

    /// Whether any property is given.
    var changeSomething: Bool {
        [groups, fetchGroups, setGroups, callGroups].contains { $0 != nil } || admin != nil || readonly != nil
    }

    /// Sets the given properties of a user.
    func apply(to user: inout User) {
        if let names = fetchGroups ?? groups { user.groups.fetch = Self.names(names) }
        if let names = setGroups ?? groups { user.groups.set = Self.names(names) }
        if let names = callGroups ?? groups { user.groups.call = Self.names(names) }
        if let admin { user.isAdmin = admin }
        if let readonly { user.isReadOnly = readonly }
    }

    private static func names(_ text: String) -> Set<String> { Set(text.split(separator: ",").map(String.init)) }
}
