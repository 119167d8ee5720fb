import ArgumentParser
import Jet
import JetProtocol
import JetUsers

/// `jet passwd`: who can authenticate, and with what password; in the daemon's users file, or over the bus.
struct PasswdCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passwd",
        abstract: "Manage the users of a daemon and their passwords.",
        discussion: """
            Sets a user's password in the users file of jetd. One who is not in the file is added to it, and the file is \
            made if it is missing; root makes it the folder's owner's, so that the daemon can read it. The password is asked for twice on a terminal; else it \
            is a line of standard input. With groups or flags, only these are changed of a user who is there already. \
            A running jetd takes the file up on SIGHUP.

            With --online, the daemon changes the password: your own (--user), or as an admin that of another USER.

            --list with --json: {"user", "fetchGroups", "setGroups", "callGroups", "admin", "readonly"}, one a line.

            Examples:
              jet passwd john --groups heating,light   add john, or change his groups
              jet passwd john --file users.json        give him another password
              jet passwd ops --groups heating --admin
              jet passwd john --delete
              jet passwd --list
              jet passwd --online --user john          john changes his own
              jet passwd --online jane --user ops      ops changes jane's
              echo "$NEW" | jet passwd john
            """)

    @Argument(help: "Whose password.")
    var user: String?

    @OptionGroup var settings: UserOptions
    @Flag(help: "Remove the user.")
    var delete = false
    @Flag(help: "List the users.")
    var list = false
    @Flag(help: "Have the daemon change the password.")
    var online = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard [delete, list, online].count(where: { $0 }) <= 1 else {
            throw ValidationError("Only one of --delete, --list and --online can be done at a time.")
        }
        if online || list || delete, settings.changeSomething {
            throw ValidationError("Groups and flags are for a user in the file whose password is set.")
        }
        if list, user != nil { throw ValidationError("--list is about all users.") }
        if online, user == nil, connection.user == nil {
            throw ValidationError("Whose password? Say --user NAME for your own.")
        }
        if !online, !list, (user ?? "").isEmpty { throw ValidationError("Whose password? Name a USER.") }
    }

    func run() async throws {
        if online { return try await changeOnline() }
        do {
            let file = UserFile(settings.file)
            if list { return try show(file.read()) }
            guard let user else { return }
            if delete { return try remove(user, from: file) }
            try change(user, in: file)
        } catch let error as UserFileError {
            throw Failure(.refused, Self.sentence(error.description))
        }
    }

    // MARK: In the file

    private func change(_ name: String, in file: UserFile) throws {
        let isThere = try file.exists && file.read()[name] != nil
        let needsPassword = !isThere || !settings.changeSomething
        let hash = try needsPassword ? Self.hash(Secret(PasswordPrompt.new(for: name))) : nil
        try file.update(creating: true) { users in
            var user = users[name] ?? User(hash: nil)
            if let hash { user.hash = hash }
            settings.apply(to: &user)
            users[name] = user
        }
        let done = !isThere ? "is a user now" : hash != nil ? "has another password" : "has changed"
        StandardOutput.say(
            TerminalText.escapedLines("'\(name)' \(done)\(Self.effect)"))
    }

    private static let effect = ". A running jetd takes it up on SIGHUP: systemctl reload jetd."

    private static func hash(_ password: Secret) throws -> String {
        guard password.count > 0 else { throw Failure(.usage, "An empty password is none.") }
        do throws(Crypt.Failure) {
            return try Crypt.hash(password)
        } catch {
            throw Failure(.usage, sentence(error.description))
        }
    }

    private func remove(_ name: String, from file: UserFile) throws {
        try file.update { users throws(Failure) in
            guard users[name] != nil else {
                throw Failure(.refused, "There is no user '\(name)' in \(file.path).")
            }
            users[name] = nil
        }
        StandardOutput.say(
            TerminalText.escapedLines("'\(name)' is no user any more\(Self.effect)"))
    }

    private func show(_ users: UserTable) throws {
        let entries = users.names.compactMap { name in users[name].map { (name, $0) } }
        if output.json { return try output.write(entries.map { UserListing.record($0, $1) }) }
        try output.write(UserListing.lines(entries))
    }

    // MARK: Over the bus

    private func changeOnline() async throws {
        var connection = connection
        connection.user = connection.user ?? user
        guard let target = user ?? connection.user else { return }
        // First who asks proves it, then there is a point in typing something new.
        try await connection.withPeer { peer in
            try await peer.setPassword(of: target, to: try PasswordPrompt.new(for: target))
        }
        StandardOutput.say(TerminalText.escapedLines("'\(target)' has another password."))
    }

    /// A sentence of somebody else's words.
    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }
}
