import Testing

@testable import SystemUpdate

/// Why apt or dpkg failed.
struct FailureWordsTests {
    @Test("a package's script speaks for itself, after dpkg")
    func script() {
        var words = FailureWords()
        for line in [
            "Setting up other (1.0) ...", "other: all is well", "Setting up lamp (2.0) ...",
            "Configuration file '/etc/lamp'", " ==> Keeping old config file as default.",
            "lamp: there is no bulb", "dpkg: error processing package lamp (--configure):",
            " installed lamp package post-installation script subprocess returned error exit status 1",
            "Errors were encountered while processing:", " lamp",
            "E: Sub-process /usr/bin/dpkg returned an error code (1)",
        ] {
            words.note(line)
        }
        words.note(failureOf: "lamp", "installed lamp package script returned error exit status 1")
        #expect(
            words.text == "lamp: installed lamp package script returned error exit status 1 (lamp: there is no bulb)")
        #expect(!words.isLock)
    }

    @Test("without a package, apt's errors are the reason, each once")
    func apt() {
        var words = FailureWords()
        for line in ["Get:1 http://a b", "W: something", "E: Failed to fetch http://a", "E: Failed to fetch http://a"] {
            words.note(line)
        }
        #expect(words.text == "Failed to fetch http://a")
    }

    @Test(
        "a lock that another program took is recognized",
        arguments: [
            "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 12 (apt-get)",
            "dpkg: error: dpkg frontend lock was locked by another process with pid 12",
        ])
    func lock(line: String) {
        var words = FailureWords()
        words.note(line)
        #expect(words.isLock)
    }

    @Test("nothing that sounds like a reason is no reason")
    func silence() {
        var words = FailureWords()
        words.note("Reading package lists...")
        #expect(words.text == nil)
    }

    @Test("an endless complaint is cut")
    func length() throws {
        var words = FailureWords()
        for number in 0..<100 { words.note("E: \(number) " + String(repeating: "x", count: 1000)) }
        #expect(try #require(words.text).count == 1000)
    }
}
