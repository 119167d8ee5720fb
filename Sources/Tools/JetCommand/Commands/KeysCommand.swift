import ArgumentParser
import Digests
import JSONText
import Jet
import JetProtocol

/// `jet keys`: the keys by which a daemon knows users.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List and remove the keys that a daemon knows users by; show your own.",
        discussion: """
            Keys are added by 'jet pair'. Root, users with admin and the daemon's user see and remove all keys; members \
            of the group operator see all keys but those of users with admin, and remove their own.

            Examples:
              sudo jet keys                    on the device
              jet keys -c shed                 from another machine
              sudo jet keys remove ada@laptop  by its title
              sudo jet keys remove SHA256:Ib5H0xPnKuAzyOWHQ0mJcOcuUV/SdYkzcBnZKXNRVrE
              jet keys show                    the fingerprint of your own key
            """,
        subcommands: [List.self, Remove.self, Show.self], defaultSubcommand: List.self)

    /// `jet keys list`: lists the keys.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the keys that the daemon knows: user, title, use, fingerprint.",
            discussion: """
                With --json, one per line: {"user", "fingerprint", "title", "added", "lastUsed"?, "connections"}.
                """)
        @OptionGroup var output: OutputOptions
        @OptionGroup var connection: ConnectionOptions

        func run() async throws {
            let keys = try await connection.withPeer { peer in
                do throws(JetError) { return try await peer.keys() } catch { throw KeysCommand.failure(error) }
            }
            if output.json { return try output.write(keys.map(\.json)) }
            guard !keys.isEmpty else {
                return StandardOutput.say("The daemon knows no keys. To add one: jet pair --offer, on the device.")
            }
            try output.write(KeysCommand.lines(keys))
        }
    }

    /// `jet keys remove`: removes a key.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove a key from the daemon; its connections are closed.",
            discussion: """
                With --json: {"user", "fingerprint", "title"} of the key that was removed.

                Examples:
                  sudo jet keys remove ada@laptop
                """)
        @Argument(help: ArgumentHelp("The fingerprint or the title of the key.", valueName: "fingerprint|title"))
        var key: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var connection: ConnectionOptions

        func run() async throws {
            let removed = try await connection.withPeer { peer in
                do {
                    let key = try KeysCommand.key(named: self.key, among: try await peer.keys())
                    guard let fingerprint = key.fingerprint else {
                        throw Failure(.refused, "The daemon answered with a key without a fingerprint.")
                    }
                    try await peer.removeKey(fingerprint)
                    return key
                } catch let error as JetError {
                    throw KeysCommand.failure(error)
                }
            }
            if output.json {
                return try output.write([
                    [
                        "user": .string(removed.user), "fingerprint": removed.json["fingerprint"] ?? .null,
                        "title": .string(removed.title),
                    ]
                ])
            }
            StandardOutput.say(
                TerminalText.escapedLines("The key '\(removed.title)' of the user '\(removed.user)' was removed."))
        }
    }

    /// `jet keys show`: shows the user's own key.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show the fingerprint of your own key, and where it is.",
            discussion: #"With --json: {"fingerprint", "keyFile", "certificateFile"}."#)
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let key = OwnKey(in: .own)
            guard key.exists else {
                throw Failure(
                    .nothingMatched, "You have no key yet.", advice: "It is made when you first pair: jet pair HOST")
            }
            let fingerprint = try key.fingerprint()
            if output.json {
                return try output.write([
                    [
                        "fingerprint": .string(fingerprint.description), "keyFile": .string(key.keyFile),
                        "certificateFile": .string(key.certificateFile),
                    ]
                ])
            }
            try output.write(Listing.pairs([("fingerprint", fingerprint.description), ("file", key.keyFile)]))
        }
    }
}

extension KeysCommand {
    /// The key with a fingerprint or a title.
    ///
    /// - Throws: `Failure` if there is none, or the title is that of several.
    static func key(named text: String, among keys: [UserKey]) throws(Failure) -> UserKey {
        let fingerprint = Fingerprint(parsing: text)
        let found = keys.filter { $0.title == text || (fingerprint != nil && $0.fingerprint == fingerprint) }
        guard let first = found.first else {
            throw Failure(.nothingMatched, "The daemon knows no key '\(text)'.", advice: "'jet keys' lists them.")
        }
        guard found.count == 1 else {
            let list = found.map { "  \($0.fingerprint.map(\.description) ?? "-")  of \($0.user)" }
            throw Failure(
                .usage, "'\(text)' is the title of several keys.",
                advice: "Use the fingerprint:\n" + list.joined(separator: "\n"))
        }
        return first
    }

    /// The lines for people.
    static func lines(_ keys: [UserKey]) -> [StyledLine] {
        let heads = ["USER", "TITLE", "ADDED", "LAST USED", "CONNECTIONS", "FINGERPRINT"]
        let rows = keys.map { key in
            [
                key.user, key.title, day(key.added), key.lastUsed.map(day) ?? "never", String(key.connections),
                key.fingerprint.map(\.description) ?? "-",
            ].map(TerminalText.escaped)
        }
        return Listing.table(heads, rows)
    }

    /// The day of a time in RFC 3339.
    private static func day(_ time: String) -> String { String(time.prefix { $0 != "T" }) }

    /// The refusal in words of its own.
    static func failure(_ error: JetError) -> Failure {
        switch (error.code, error.refusal) {
        case (_, .noAccess?):
            Failure(
                .refused, "You may not do this with keys.",
                advice: "Use sudo on the device, or be a user with admin or a member of the group operator.")
        case (_, .invalidKey?):
            Failure(.nothingMatched, "The daemon knows no such key.", advice: "'jet keys' lists them.")
        case (.methodNotFound, _):
            Failure(.refused, "The daemon is older than this command and has no keys.", advice: "Update it.")
        default: Failure(error)
        }
    }
}

extension Listing {
    /// A table with a heading.
    static func table(_ heads: [String], _ rows: [[String]]) -> [StyledLine] {
        let widths = heads.indices.map { column in
            ([heads] + rows).map { DisplayWidth.of($0[column]) }.max() ?? 0
        }
        func line(_ cells: [String], _ style: StyledText.Style) -> StyledLine {
            let padded =
                zip(cells, widths).map { DisplayWidth.padded($0, to: $1) }.dropLast() + [cells[cells.count - 1]]
            return [StyledText(padded.joined(separator: "  "), style)]
        }
        return [line(heads, .heading)] + rows.map { line($0, .plain) }
    }
}
