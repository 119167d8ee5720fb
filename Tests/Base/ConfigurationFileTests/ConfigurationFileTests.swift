import ConfigurationFile
import Files
import TestSupport
import Testing

/// Reading a configuration from a file.
@Suite("A configuration file")
struct ConfigurationFileTests {
    /// What is wrong with a file of these bytes; `nil` if it can be read.
    private func error(_ bytes: [UInt8]) throws -> ConfigurationError? {
        let folder = try TemporaryFolder()
        let path = folder.path + "/agent.toml"
        try File.replace(path, with: bytes, mode: 0o600)
        do {
            #expect(try ConfigurationTable(file: path) != nil)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "that is not UTF-8 is refused with the line, wherever the byte is",
        arguments: [
            ("in a string", 2, "a = 1\nb = \"", [0xFF], "\"\n"),
            ("in a literal string", 1, "b = '", [0xE9], "'\n"),
            ("in a string of several lines", 3, "b = \"\"\"\none\n", [0x80], "\"\"\"\n"),
            ("in a comment", 3, "a = 1\n\n# caf", [0xE9], "\nb = 2\n"),
            ("in a key", 1, "caf", [0xE9], " = 1\n"),
            ("in a quoted key", 1, "\"caf", [0xE9], "\" = 1\n"),
            ("in a table's name", 2, "\n[caf", [0xE9], "]\n"),
            ("an overlong form", 1, "a = \"", [0xC0, 0xAF], "\"\n"),
            ("a surrogate", 1, "a = \"", [0xED, 0xA0, 0x80], "\"\n"),
            ("beyond the last character", 1, "a = \"", [0xF4, 0x90, 0x80, 0x80], "\"\n"),
            ("a lone byte at the end", 2, "a = 1\n", [0xE2], ""),
            ("half a character at the end", 2, "a = 1\n#", [0xE2, 0x82], ""),
            ("alone", 1, "", [0xFF], ""),
            ("after lines that end with CR and LF", 2, "a = 1\r\n#", [0xFE], "\r\n"),
            ("the mark of UTF-16", 1, "", [0xFF, 0xFE, 0x61, 0x00], ""),
        ] as [(String, Int, String, [UInt8], String)])
    func notUTF8(_: String, line: Int, before: String, bytes: [UInt8], after: String) throws {
        let error = try #require(try error(before.utf8 + bytes + after.utf8))
        #expect(error.line == line)
        #expect(error.reason.contains("not UTF-8"))
        #expect(error.description.contains("agent.toml:\(line): "))
    }

    @Test(
        "that is UTF-8 is read, with and without the mark for that", arguments: [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]])
    func isUTF8(mark: [UInt8]) throws { #expect(try error(mark + "a = \"Grüße €\"\n# 𝄞\n".utf8) == nil) }

    @Test("of up to 1 MiB is read wholly; a longer one is refused with both numbers, and nothing is cut")
    func size() throws {
        let comment = Array("# a comment\n".utf8)
        var bytes = Array(repeatElement(comment, count: (1 << 20) / comment.count).joined())
        #expect(try error(bytes) == nil)
        bytes += Array(repeatElement(UInt8(ascii: "\n"), count: (1 << 20) - bytes.count))
        #expect(try error(bytes) == nil)
        bytes += Array("x".utf8)
        #expect(
            try error(bytes)?.reason == "This file has 1048577 bytes; a configuration has at most 1048576.")
        #expect(try ConfigurationTable(file: "/nonexistent/agent.toml") == nil)
        #expect(throws: ConfigurationError.self) { try ConfigurationTable(file: "/dev/zero") }
    }
}
