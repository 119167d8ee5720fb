import ArgumentParser
import Digests
import Glibc
import JSONText
import Jet
import JetProtocol

/// `jet context`: names for daemons.
struct ContextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context",
        abstract: "Give daemons names: their address, the user, and what they must prove.",
        discussion: """
            A context is used with -c NAME, or without any option if it is the default. --connect and JET_CONNECT \
            precede the default. Contexts are in $XDG_CONFIG_HOME/jet/contexts.json, which only you can read. \
            'jet pair' adds one.

            Examples:
              jet context add shed --connect shed.local
              jet context add plant --connect wss://plant.example:443 --user ada --store-password
              jet -c shed ls                or behind the verb: jet ls -c shed
              jet context use shed          make it the default
              jet context use --none        no default
              jet context list
            """,
        subcommands: [Add.self, List.self, Show.self, Use.self, Remove.self], defaultSubcommand: List.self)
}

/// The name of a context that exists.
private struct ContextName: ParsableArguments {
    @Argument(help: "The name of the context.", completion: ContextCompletion.names)
    var name: String
}

extension ContextCommand {
    /// `jet context add`: adds or replaces a context.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Add a context, or replace one.",
            discussion: """
                A password is never written on the command line: --password-file names a file, which is read at each \
                connection; --store-password asks for the password, or reads a line of standard input, and stores it in \
                the file of contexts.

                Examples:
                  jet context add shed --connect shed.local
                  jet context add shed --connect shed.local --user ada --password-file ~/.shed
                  jet context add plant --connect plant.example:443 --ca-file plant-ca.pem
                """)

        @Argument(help: "The name of the context: letters, digits, and ._-")
        var name: String
        @Option(
            help: ArgumentHelp("The daemon: a host or a URL.", valueName: "url|host"),
            transform: { try Endpoint(named: $0) })
        var connect: Endpoint
        @Option(help: ArgumentHelp("The user to log in as.", valueName: "name"))
        var user: String?
        @Option(
            help: ArgumentHelp("The file with the password of --user.", valueName: "file"), completion: .file())
        var passwordFile: String?
        @Flag(help: "Ask for the password of --user, and store it.")
        var storePassword = false
        @Option(
            help: ArgumentHelp(
                "Trust only a daemon with this key. May be given several times.", valueName: "sha256:..."),
            transform: { try AddressOptions.fingerprint($0) })
        var fingerprint: [Fingerprint] = []
        @Option(
            help: ArgumentHelp("Trust only certificates from the authorities in this file.", valueName: "file"),
            completion: .file())
        var caFile: String?

        func validate() throws {
            guard ContextFile.isName(name) else {
                throw ValidationError("'\(name)' cannot be the name of a context: use letters, digits, and ._-")
            }
            if passwordFile != nil || storePassword, user == nil {
                throw ValidationError("A password needs --user NAME.")
            }
            if passwordFile != nil, storePassword {
                throw ValidationError("Use only one of --password-file and --store-password.")
            }
            if caFile != nil, !fingerprint.isEmpty {
                throw ValidationError("Use only one of --fingerprint and --ca-file.")
            }
        }

        func run() async throws {
            var context = Context(
                endpoint: connect, user: user, passwordFile: passwordFile.map(Self.absolute), fingerprints: fingerprint,
                authorities: caFile.map(Self.absolute))
            if storePassword, let user { context.password = try PasswordPrompt.existing(for: user) }
            try ContextFile.update(in: .own) { $0.set(context, named: name) }
            StandardOutput.say("The context '\(name)' is \(connect). To use it: jet ls -c \(name)")
        }

        /// A path that does not depend on the current folder.
        static func absolute(_ path: String) -> String {
            guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
            defer { free(folder) }
            return String(cString: folder) + "/" + path
        }
    }

    /// `jet context list`: lists the contexts.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the contexts; a star marks the default.",
            discussion: """
                With --json, one per line: {"name", "default", "connect", "user"?, "passwordFile"?, "fingerprints"?, \
                "caFile"?}.
                """)
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let file = try ContextFile(in: .own)
            let contexts = try file.names.map { ($0, try file.existing($0)) }
            if output.json { return try output.write(contexts.map { file.record($0, $1) }) }
            guard !contexts.isEmpty else {
                return StandardOutput.say("There are no contexts. To add one: jet context add NAME --connect HOST")
            }
            let width = contexts.map { DisplayWidth.of($0.0) }.max() ?? 0
            try output.write(
                contexts.map { name, context in
                    [
                        StyledText(name == file.defaultName ? "* " : "  "),
                        StyledText(DisplayWidth.padded(TerminalText.escaped(name), to: width + 2)),
                        StyledText(TerminalText.escaped(context.description)),
                    ]
                })
        }
    }

    /// `jet context show`: shows a context.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show a context, without its password.",
            discussion: "With --json, as in 'jet context list'.")
        @OptionGroup fileprivate var chosen: ContextName
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let file = try ContextFile(in: .own)
            let context = try file.existing(chosen.name)
            if output.json { return try output.write([file.record(chosen.name, context)]) }
            var rows = [("connect", context.endpoint.description)]
            if let user = context.user { rows.append(("user", user)) }
            if let path = context.passwordFile { rows.append(("password", "in \(path)")) }
            if context.password != nil { rows.append(("password", "stored")) }
            rows += context.fingerprints.map { ("key", $0.description) }
            if let path = context.authorities { rows.append(("authorities", path)) }
            if file.defaultName == chosen.name { rows.append(("default", "yes")) }
            try output.write(Listing.pairs(rows))
        }
    }

    /// `jet context use`: chooses the default.
    struct Use: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "use", abstract: "Choose the context that is used without -c, --connect and JET_CONNECT.")
        @Argument(help: "The name of the context.", completion: ContextCompletion.names)
        var name: String?
        @Flag(help: "Use none: commands connect to a daemon of this machine.")
        var none = false

        func validate() throws {
            guard (name != nil) != none else { throw ValidationError("Write the name of a context, or --none.") }
        }

        func run() async throws {
            try ContextFile.update(in: .own) { file in
                if let name { _ = try file.existing(name) }
                file.defaultName = name
            }
        }
    }

    /// `jet context remove`: removes a context.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove a context. The daemon, its key and your key are not changed.")
        @OptionGroup fileprivate var chosen: ContextName

        func run() async throws {
            try ContextFile.update(in: .own) { file in
                _ = try file.existing(chosen.name)
                file.set(nil, named: chosen.name)
            }
        }
    }
}

extension ContextFile {
    /// A context for programs.
    func record(_ name: String, _ context: Context) -> JSON {
        var object: JSON.Object = ["name": .string(name), "default": .boolean(name == defaultName)]
        for member in context.publicMembers { object[member.name] = member.value }
        return .object(object)
    }
}

extension PasswordPrompt {
    /// The password that a user has: typed, or the next line of standard input.
    static func existing(for user: String) throws -> String {
        let password = isPossible ? try ask("Password of \(user): ") : line(from: STDIN_FILENO)
        guard let password, !password.isEmpty else {
            throw Failure(
                .usage, "The password is missing.", advice: "Type it, or write it to standard input, on one line.")
        }
        return password
    }
}

extension Listing {
    /// Names and texts in two columns.
    static func pairs(_ rows: [(name: String, text: String)]) -> [StyledLine] {
        let width = rows.map { DisplayWidth.of($0.name) }.max() ?? 0
        return rows.map { name, text in
            [StyledText(DisplayWidth.padded(name, to: width + 2), .faint), StyledText(TerminalText.escaped(text))]
        }
    }
}
