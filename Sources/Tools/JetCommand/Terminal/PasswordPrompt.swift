import CLinux
import Glibc

/// Reads passwords: from the terminal without echo, else from a line of standard input.
enum PasswordPrompt {
    /// Whether standard input is a terminal.
    static var isPossible: Bool { isatty(STDIN_FILENO) == 1 }

    /// A new password: typed twice, or the next line of standard input.
    static func new(for user: String) throws -> String {
        guard isPossible else {
            guard let line = line(from: STDIN_FILENO) else {
                throw Failure(.usage, "The password is missing.", advice: "Write it to standard input, on one line.")
            }
            return line
        }
        let password = try ask("New password of \(user): ")
        guard !password.isEmpty else { throw Failure(.usage, "The password must not be empty.") }
        guard try ask("Again: ").utf8.elementsEqual(password.utf8) else {
            throw Failure(.usage, "The passwords are different. Nothing was changed.")
        }
        return password
    }

    /// Asks for a line on the terminal.
    ///
    /// - Throws: `Failure` at the end of the input, or on Ctrl-C.
    static func ask(_ prompt: String) throws -> String {
        say(TerminalText.escaped(prompt))
        defer { say("\n") }
        guard let password = typedLine() else { throw Failure(.usage, "No password was entered.") }
        return password
    }

    /// Reads a line, without the newline; `nil` at the end of the input.
    static func line(from descriptor: Int32) -> String? {
        linux_forbid_dumps()
        var bytes: [UInt8] = []
        var hasEnd = false
        while bytes.count < 1 << 16, let byte = byte(from: descriptor) {
            hasEnd = byte == UInt8(ascii: "\n")
            if hasEnd { break }
            bytes.append(byte)
        }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return bytes.isEmpty && !hasEnd ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// Reads until Enter. The terminal is in a mode in which Ctrl-C does not terminate the process, so that the echo is always
    /// restored.
    private static func typedLine() -> String? {
        linux_forbid_dumps()
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        var quiet = before
        quiet.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet)
        defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) }
        var text: [UInt8] = []
        while let byte = byte(from: STDIN_FILENO) {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return String(decoding: text, as: UTF8.self)
            case 0x03: return nil  // Ctrl-C
            case 0x04 where text.isEmpty: return nil  // Ctrl-D
            case 0x15: text = []  // Ctrl-U
            case 0x08, 0x7F:
                // The bytes of a character after the first are 10xxxxxx.
                while let last = text.popLast(), last & 0xC0 == 0x80 {}
            default: text.append(byte)
            }
        }
        return nil
    }

    private static func byte(from descriptor: Int32) -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            return count == 1 ? byte : nil
        }
    }

    private static func say(_ text: String) {
        var text = text
        text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
