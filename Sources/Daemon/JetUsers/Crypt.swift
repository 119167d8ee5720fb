internal import CCrypt
internal import Glibc
public import JetProtocol

/// Hashes passwords with crypt(3) of the system.
///
///     let hash = try Crypt.hash(password)             // $y$j9T$...
///     Crypt.matches(password, hash)                   // true
///
/// On purpose, a check takes some milliseconds and, with yescrypt, 16 MB. So checks must not run on the event loop, nor
/// many at the same time.
public enum Crypt {
    /// A method of hashing: a prefix of crypt(5), and its cost (0 is the default of the library).
    public struct Method: Sendable, Hashable {
        let prefix: String
        let cost: UInt

        /// A method of crypt(5).
        public init(prefix: String, cost: UInt = 0) {
            self.prefix = prefix
            self.cost = cost
        }

        /// The default method of Debian.
        public static let yescrypt = Method(prefix: "$y$")
    }

    /// Why a password cannot be hashed.
    public struct Failure: Error, CustomStringConvertible {
        /// The reason.
        public let description: String
    }

    /// The limit for a password, in bytes (crypt(3) permits 512 including the NUL).
    public static var longestPassword: Int { Int(CRYPT_MAX_PASSPHRASE_SIZE) - 1 }

    /// Whether `hash` is the hash of `password`, by any method of crypt(5). A text that is not a hash, such as `!` or an empty
    /// one, matches no password.
    public static func matches(_ password: Secret, _ hash: String) -> Bool {
        guard let result = crypt(password, setting: hash) else { return false }
        let expected = Array(hash.utf8)
        guard result.count == expected.count else { return false }
        // All bytes are compared, so that the time does not depend on the hash.
        return zip(result, expected).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Whether a text is a hash of a method that the library supports.
    public static func isHash(_ text: String) -> Bool {
        let verdict = crypt_checksalt(text)
        return !text.isEmpty && (verdict == CRYPT_SALT_OK || verdict == CRYPT_SALT_METHOD_LEGACY)
    }

    /// Hashes `password` with new salt.
    public static func hash(
        _ password: Secret, by method: Method = .yescrypt
    ) throws(Failure) -> String {
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        // Without random bytes from the caller the library gets them from the system.
        guard crypt_gensalt_rn(method.prefix, method.cost, nil, 0, &setting, Int32(setting.count)) != nil else {
            throw Failure(description: "crypt_gensalt(3) does not support the method '\(method.prefix)' with this cost")
        }
        let text = String(decoding: setting.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let hash = crypt(password, setting: text) else {
            throw Failure(description: "a password must have at most \(longestPassword) bytes and no NUL")
        }
        return String(decoding: hash, as: UTF8.self)
    }

    /// crypt(3); `nil` if the setting is invalid, or the password is too long or has a NUL.
    private static func crypt(_ password: Secret, setting: String) -> [UInt8]? {
        guard !password.holdsNUL, password.count <= longestPassword, !setting.utf8.contains(0) else { return nil }
        let size = Int(JET_CRYPT_DATA_SIZE)
        // Zeroed, as crypt(3) requires.
        guard let data = calloc(1, size) else { return nil }
        defer {
            explicit_bzero(data, size)
            free(data)
        }
        guard let result = password.withCString({ crypt_rn($0, setting, data, Int32(size)) }) else { return nil }
        // crypt(3) marks a failure with `*`, which must not match any hash.
        guard result.pointee != CChar(bitPattern: UInt8(ascii: "*")) else { return nil }
        return Array(UnsafeRawBufferPointer(start: result, count: strlen(result)))
    }
}
