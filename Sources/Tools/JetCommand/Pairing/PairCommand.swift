import ArgumentParser
import Jet

/// `jet pair`: pairs this machine with a device.
struct PairCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pair",
        abstract: "Pair with a device, so that it knows you by a key, and you know it by its.",
        discussion: """
            On the device, 'jet pair --offer' prints a code, which can be used once. On the other machine, 'jet pair HOST' \
            asks for it. The last characters of the code fit only the key of that device: so a mistyped host, and a machine \
            in between, are found out before anything is sent. Then a key pair is made in $XDG_CONFIG_HOME/jet, if there \
            is none, the device accepts it, and the device is noted in known_daemons and as a context. From then on no \
            password is needed.

            The code is never written on the command line: it is typed, or the first line of --code-file, or \
            $JET_PAIR_CODE.

            --offer needs root, a user with admin, or membership in the group operator. The new user is named after the \
            other machine, unless --user names one.

            With --offer --json: {"code", "expires", "user"?, "groups", "fingerprint", "words"}. With HOST --json: \
            {"user", "groups", "address", "fingerprint", "key", "context"}.

            Examples:
              sudo jet pair --offer                           on the device
              sudo jet pair --offer --group heating --for 1h  for another group
              sudo jet pair --offer --user ada                another key for ada
              jet pair shed.local                             on the other machine
              jet pair shed.local --code-file code --name shed
            """)

    @Argument(help: "The device: a host, with or without a port.", completion: .custom { _, _, _ in [] })
    var host: String?

    @Flag(help: "Make a code, on the device.")
    var offer = false

    @Option(
        help: ArgumentHelp(
            "With --offer: a group of the new user. May be given several times. (default: operator)", valueName: "group"
        ))
    var group: [String] = []

    @Option(help: ArgumentHelp("With --offer: the user who gets the key.", valueName: "name"))
    var user: String?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "With --offer: how long the code is valid, such as 90s, 10m or 2h. (default: 10m)", valueName: "time"),
        transform: { try TimeArgument.seconds($0) })
    var validity: Int?

    @Option(help: ArgumentHelp("The file with the code.", valueName: "file"), completion: .file())
    var codeFile: String?

    @Option(
        help: ArgumentHelp(
            "What the device calls your key. (default: your name and the one of this machine)", valueName: "text"))
    var title: String?

    @Option(help: ArgumentHelp("The name of the context. (default: after the host)", valueName: "name"))
    var name: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var address: AddressOptions

    func validate() throws {
        if offer {
            guard host == nil else { throw ValidationError("--offer is for the device itself; leave out the host.") }
            guard codeFile == nil, title == nil, name == nil else {
                throw ValidationError("--code-file, --title and --name cannot be used with --offer.")
            }
        } else {
            guard let host else {
                throw ValidationError("A host is missing: jet pair HOST. On the device: jet pair --offer.")
            }
            guard group.isEmpty, user == nil, validity == nil else {
                throw ValidationError("--group, --user and --for are used with --offer, on the device.")
            }
            guard address.connect == nil, address.context == nil, address.caFile == nil else {
                throw ValidationError("--connect, --context and --ca-file cannot be used with a host.")
            }
            do {
                guard try Endpoint(named: host).isSecure else {
                    throw ValidationError("Pairing needs TLS: write a host, or jets:// or wss:// with a host.")
                }
            } catch let error as EndpointError {
                throw ValidationError("\(error).")
            }
            if let name, !ContextFile.isName(name) {
                throw ValidationError("'\(name)' cannot be the name of a context: use letters, digits, and ._-")
            }
        }
    }

    func run() async throws {
        if offer { return try await PairingOffering(command: self).run() }
        guard let host else { return }
        let pairing = PairingWithDevice(
            endpoint: try Endpoint(named: host), demand: address.fingerprint, configuration: address.configuration,
            folder: .own)
        var found = try await pairing.look()
        let code = try found.check(try PairingCodeInput.read(file: codeFile, for: found.address))
        let result = try await pairing.pair(code, found, title: title ?? PairingWithDevice.defaultTitle)
        let context = try pairing.note(result, found, contextName: name)
        if output.json { return try output.write([result.record(found, context: context)]) }
        StandardOutput.say(TerminalText.escapedLines(result.lines(found, context: context).joined(separator: "\n")))
    }
}

/// Times in options: `90s`, `10m`, `2h`, `1d`, or a number of seconds.
enum TimeArgument {
    static func seconds(_ text: String) throws -> Int {
        let units = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = text.last.flatMap { units[String($0)] }
        let digits = unit == nil ? text[...] : text.dropLast()
        guard let number = Int(digits), (1...1_000_000).contains(number), case let seconds = number * (unit ?? 1),
            (10...86_400).contains(seconds)
        else { throw ValidationError("'\(text)' is not a time from 10s to 24h, such as 90s, 10m or 2h.") }
        return seconds
    }
}
