import ArgumentParser
import Jet
import JetProtocol
import JetUsers

/// `jet passwd`: manages users and passwords, in the users file of the daemon or over the bus.
struct PasswdCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passwd",
        abstract: "Manage the users of a daemon and their passwords.",
        discussion: """
            Sets the password of a user in the users file of jetd. A new user is added. A missing file is created; if root \
            creates it, it gets the owner of its folder, so that the daemon can read it. The password is read from the \
            terminal, twice, or from a line of standard input. With groups or flags, an existing user keeps the \
            password. To apply the changes, reload jetd: systemctl reload jetd.

            With --online, the daemon changes the password: your own (--user), or as an admin the one of another USER.

            --list with --json: {"user", "fetchGroups", "setGroups", "callGroups", "admin", "readonly"}, one per line.

            Examples:
              jet passwd john --groups heating,light   add john, or change the groups of john
              jet passwd john --file users.json        change the password
              jet passwd ops --groups heating --admin
              jet passwd john --delete
              jet passwd --list
              jet passwd --online --user john          as john, change your own password
              jet passwd --online jane --user ops      as ops, change the password of jane
              echo "$NEW" | jet passwd john
            """)

    @Argument(help: "The name of the user.")
    var user: String?

    @OptionGroup var settings: UserOptions
    @Flag(help: "Remove the user.")
    var delete = false
    @Flag(help: "List the users.")
    var list = false
    @Flag(help: "Change the password over the bus.")
    var online = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard [delete, list, online].count(where: { $0 }) <= 1 else {
            throw ValidationError("Use only one of --delete, --list and --online.")
        }
        if online || list || delete, settings.changeSomething {
            throw ValidationError("Groups and flags cannot be used with --delete, --list or --online.")
        }
        if list, user != nil { throw ValidationError("--list lists all users; leave out the name.") }
        if online, user == nil, connection.user == nil {
            throw ValidationError("The name of a user is missing. For your own password, use --user NAME.")
        }
        if !online, !list, (user ?? "").isEmpty {
            throw ValidationError("The name of a user is missing: jet passwd USER.")
        }
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
        let exists = try file.exists && file.read()[name] != nil
        let needsPassword = !exists || !settings.changeSomething
        let hash = try needsPassword ? Self.hash(Secret(PasswordPrompt.new(for: name))) : nil
        try file.update(creating: true) { users in
            var user = users[name] ?? User(hash: nil)
            if let hash { user.hash = hash }
            settings.apply(to: &user)
            users[name] = user
        }
        let done = !exists ? "was added" : hash != nil ? "has a new password" : "was changed"
        StandardOutput.say(
            TerminalText.escapedLines("'\(name)' \(done)\(Self.effect)"))
    }

    private static let effect = ". To apply this to a running jetd: systemctl reload jetd."

    private static func hash(_ password: Secret) throws -> String {
        guard password.count > 0 else { throw Failure(.usage, "The password must not be empty.") }
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
            TerminalText.escapedLines("'\(name)' was removed\(Self.effect)"))
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
        // Authenticates first, so that a wrong password fails before the new one is typed.
        try await connection.withPeer { peer in
            try await peer.setPassword(of: target, to: try PasswordPrompt.new(for: target))
        }
        StandardOutput.say(TerminalText.escapedLines("'\(target)' has a new password."))
    }

    /// A text as a sentence.
    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }
}
