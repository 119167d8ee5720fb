import Glibc
import Jet
import JetProtocol

/// Who the user of `jet` is to the daemon. A password never stands on a command line, where everybody on the machine can
/// read it.
extension ConnectionOptions {
    /// The name and the password; `nil` if nobody wants to be somebody.
    func credentials() throws -> Peer.Credentials? {
        guard let user else { return nil }
        return Peer.Credentials(user: user, password: try password(of: user))
    }

    /// The password: from the file, from the environment, or from who sits at the terminal.
    private func password(of user: String) throws -> String {
        if let passwordFile { return try Self.firstLine(of: passwordFile) }
        if let password = getenv("JET_PASSWORD") { return String(cString: password) }
        guard PasswordPrompt.isPossible else {
            throw Failure(
                .usage, "There is no password for the user '\(user)'.",
                advice: "It comes from --password-file FILE, or from the environment variable JET_PASSWORD.")
        }
        return try PasswordPrompt.ask("Password of \(user): ")
    }

    private static func firstLine(of path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(.usage, "The password file \(path) cannot be opened: \(String(cString: strerror(errno))).")
        }
        defer { close(descriptor) }
        guard let line = PasswordPrompt.line(from: descriptor) else {
            throw Failure(.usage, "There is no password in \(path).", advice: "It is the file's first line.")
        }
        return line
    }
}
