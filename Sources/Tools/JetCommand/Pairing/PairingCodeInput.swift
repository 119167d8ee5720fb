import Glibc

/// The code that the device shows, as it comes in: by a file, the environment or the terminal; never by the command line,
/// which all users of the machine can read.
enum PairingCodeInput {
    /// Reads the code.
    static func read(file: String?, for address: DaemonAddress) throws -> String {
        if let file { return try PasswordPrompt.firstLine(of: file, what: "code") }
        if let code = getenv("JET_PAIR_CODE"), code[0] != 0 { return String(cString: code) }
        guard PasswordPrompt.isPossible else {
            throw Failure(
                .usage, "The code is missing.",
                advice: "Use --code-file FILE or the environment variable JET_PAIR_CODE.")
        }
        // It can be used once, so it need not be hidden; one that is seen is typed with fewer mistakes.
        return try TerminalQuestion.ask("Code that 'jet pair --offer' shows on \(address.host): ")
    }
}
