import Glibc
import Testing

/// The files beside these tests.
enum Fixture {
    /// The text of the fixture called `name`.
    static func text(_ name: String) throws -> String {
        let path = "\(directory)/\(name)"
        let file = try #require(fopen(path, "re"), "\(path)")
        defer { fclose(file) }
        return readAll(file)
    }

    /// The path of the fixture called `name`.
    static func path(_ name: String) -> String { "\(directory)/\(name)" }

    /// Writes the fixture called `name` anew.
    static func write(_ name: String, _ text: String) throws {
        let path = "\(directory)/\(name)"
        let file = try #require(fopen(path, "we"), "\(path)")
        defer { fclose(file) }
        #expect(fputs(text, file) >= 0)
    }

    /// The datagrams of a capture, in their order, with their names.
    static func capture(_ name: String) throws -> [(name: String, bytes: [UInt8])] {
        try text(name).split(separator: "\n").filter { $0.first != "#" }.map { line in
            let words = line.split(separator: " ")
            let digits = Array(words[1].utf8)
            let bytes = try stride(from: 0, to: digits.count, by: 2).map {
                try #require(UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16))
            }
            return (String(words[0]), bytes)
        }
    }

    /// What is left to read of `file`.
    static func readAll(_ file: UnsafeMutablePointer<FILE>) -> String {
        var bytes: [UInt8] = []
        while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let directory =
        #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Fixtures"
}
