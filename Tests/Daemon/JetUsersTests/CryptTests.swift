import JetProtocol
import JetUsers
import Testing

/// Passwords and their hashes, by the system's crypt(3).
@Suite("Passwords and their hashes")
struct CryptTests {
    /// Of "secret", with the cheapest settings, as other programs have made them.
    static let known = [
        "$6$rounds=1000$saltsalt$LAV5VE5Y7w1d73x1mFNspYWUpazfmwv2SoepNXNKJ/otop/Zok96Hr8Q13LEv0DRY/x8v0/crpIjl8NJSAqXV/",
        "$5$rounds=1000$saltsalt$eKLZU9t9OoPWrqOQsoTIKG0aYkZ5rGOoOQhiIvoSWX2", "$1$saltsalt$9xy1btjgzLYfb7hivXtC//",
        "abNANd1rDfiNc", "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
        "$y$j7T$abcdefgh$lRA/xbUMMpRLRU0sP4I6FGI8khrWhVmqhwPmMpvSooD",
    ]

    @Test("hashes of all methods of crypt(5) are checked", arguments: known)
    func methods(hash: String) {
        #expect(Crypt.matches(Secret("secret"), hash))
        #expect(!Crypt.matches(Secret("Secret"), hash))
        #expect(!Crypt.matches(Secret(""), hash))
        #expect(Crypt.isHash(hash))
    }

    @Test(
        "what is no hash is nobody's, whatever the password",
        arguments: ["", "!", "*", "*0", "*1", "x", "$", "$9$salt$x"]
    )
    func noHash(text: String) {
        for password in ["", text, "secret", "*0"] { #expect(!Crypt.matches(Secret(password), text)) }
        #expect(!Crypt.isHash(text))
    }

    @Test("a setting without its hash, or with a part of it, matches nothing")
    func cutHash() {
        for hash in Self.known {
            #expect(!Crypt.matches(Secret("secret"), String(hash.dropLast())))
            #expect(!Crypt.matches(Secret("secret"), hash + "x"))
        }
        #expect(!Crypt.matches(Secret("secret"), "$5$rounds=1000$saltsalt$"))
    }

    @Test("a new hash is yescrypt's, has fresh salt, and holds for its password alone")
    func new() throws {
        let one = try Crypt.hash(Secret("pass wörd"))
        let two = try Crypt.hash(Secret("pass wörd"))
        #expect(one.hasPrefix("$y$"))
        #expect(one != two)
        #expect(Crypt.matches(Secret("pass wörd"), one))
        #expect(!Crypt.matches(Secret("pass word"), one))
    }

    @Test("a password with a NUL is not taken for the part before it, nor a long one for its beginning")
    func cutPasswords() throws {
        let cheap = Crypt.Method(prefix: "$5$", cost: 1000)
        let hash = try Crypt.hash(Secret("secret"), by: cheap)
        #expect(!Crypt.matches(Secret("secret\0x"), hash))
        #expect(throws: Crypt.Failure.self) { try Crypt.hash(Secret("a\0b"), by: cheap) }
        let longest = String(repeating: "x", count: Crypt.longestPassword)
        #expect(Crypt.matches(Secret(longest), try Crypt.hash(Secret(longest), by: cheap)))
        #expect(throws: Crypt.Failure.self) { try Crypt.hash(Secret(longest + "x"), by: cheap) }
    }

    @Test("a method that the library does not know is an error")
    func unknownMethod() {
        #expect(throws: Crypt.Failure.self) { try Crypt.hash(Secret("x"), by: Crypt.Method(prefix: "$zz$")) }
    }

    @Test("a secret is not printed")
    func unprinted() {
        let secret = Secret("swordfish")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("swordfish"))
    }
}
