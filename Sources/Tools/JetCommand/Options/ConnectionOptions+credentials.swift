import Glibc
import Jet
import JetProtocol

/// The user to authenticate as. There is no option for the password, since all users of the machine can read command lines.
extension ConnectionOptions {
    /// The name and the password; `nil` without --user.
    func credentials() throws -> Peer.Credentials? {
        guard let user else { return nil }
        return Peer.Credentials(user: user, password: try password(of: user))
    }

    /// The password from the file, the environment or the terminal.
    private func password(of user: String) throws -> String {
        if let passwordFile { return try Self.firstLine(of: passwordFile) }
        if let password = getenv("JET_PASSWORD") { return String(cString: password) }
        guard PasswordPrompt.isPossible else {
            throw Failure(
                .usage, "The password of the user '\(user)' is missing.",
                advice: "Use --password-file FILE or the environment variable JET_PASSWORD.")
        }
        return try PasswordPrompt.ask("Password of \(user): ")
    }

    private static func firstLine(of path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(.usage, "Cannot open the password file \(path): \(String(cString: strerror(errno))).")
        }
        defer { close(descriptor) }
        guard let line = PasswordPrompt.line(from: descriptor) else {
            throw Failure(
                .usage, "The password file \(path) is empty.", advice: "Write the password to its first line.")
        }
        return line
    }
}
