internal import CCrypt
internal import Glibc
public import JetProtocol

/// Passwords and their hashes, by the system's crypt(3): none of our own making.
///
///     let hash = try Crypt.hash(password)             // $y$j9T$...
///     Crypt.matches(password, hash)                   // true
///
/// A check takes some milliseconds and, with yescrypt, 16 MB, on purpose: it is not for the event loop, and better one at
/// a time.
public enum Crypt {
    /// What a new hash is made with: a prefix of crypt(5), and its cost in the method's own measure (0: as the library
    /// thinks best).
    public struct Method: Sendable, Hashable {
        let prefix: String
        let cost: UInt

        /// Any method of crypt(5).
        public init(prefix: String, cost: UInt = 0) {
            self.prefix = prefix
            self.cost = cost
        }

        /// What Debian hashes the passwords of its users with.
        public static let yescrypt = Method(prefix: "$y$")
    }

    /// Why there is no hash.
    public struct Failure: Error, CustomStringConvertible {
        /// In a few words.
        public let description: String
    }

    /// How many bytes a password can have (crypt(3): a phrase, with its NUL, has at most 512).
    public static var longestPassword: Int { Int(CRYPT_MAX_PASSPHRASE_SIZE) - 1 }

    /// Whether `password` is the one that `hash` was made of, by whatever method of crypt(5). What is no hash, such as
    /// `!` or an empty text, is nobody's.
    public static func matches(_ password: Secret, _ hash: String) -> Bool {
        guard let result = crypt(password, setting: hash) else { return false }
        let expected = Array(hash.utf8)
        guard result.count == expected.count else { return false }
        // All bytes are looked at, whichever differ: how long it takes says nothing about the hash.
        return zip(result, expected).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Whether a text looks like a hash of some method that the library knows.
    public static func isHash(_ text: String) -> Bool {
        let verdict = crypt_checksalt(text)
        return !text.isEmpty && (verdict == CRYPT_SALT_OK || verdict == CRYPT_SALT_METHOD_LEGACY)
    }

    /// A hash of `password` with fresh salt.
    public static func hash(
        _ password: Secret, by method: Method = .yescrypt
    ) throws(Failure) -> String {
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        // Without bytes of ours the library takes the system's randomness.
        guard crypt_gensalt_rn(method.prefix, method.cost, nil, 0, &setting, Int32(setting.count)) != nil else {
            throw Failure(description: "crypt_gensalt(3) knows no method '\(method.prefix)' of this cost")
        }
        let text = String(decoding: setting.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let hash = crypt(password, setting: text) else {
            throw Failure(description: "a password has at most \(longestPassword) bytes and no NUL")
        }
        return String(decoding: hash, as: UTF8.self)
    }

    /// crypt(3); `nil` if the setting is none, or the password cannot be one.
    private static func crypt(_ password: Secret, setting: String) -> [UInt8]? {
        guard !password.holdsNUL, password.count <= longestPassword, !setting.utf8.contains(0) else { return nil }
        let size = Int(JET_CRYPT_DATA_SIZE)
        // All zero at first, as crypt(3) demands.
        guard let data = calloc(1, size) else { return nil }
        defer {
            explicit_bzero(data, size)
            free(data)
        }
        guard let result = password.withCString({ crypt_rn($0, setting, data, Int32(size)) }) else { return nil }
        // A failure's mark is no hash, and must equal none.
        guard result.pointee != CChar(bitPattern: UInt8(ascii: "*")) else { return nil }
        return Array(UnsafeRawBufferPointer(start: result, count: strlen(result)))
    }
}
