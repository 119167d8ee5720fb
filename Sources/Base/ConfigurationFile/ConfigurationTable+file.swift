internal import Files
internal import Glibc

/// Reading the file itself.
extension ConfigurationTable {
    /// Reads a file.
    ///
    /// - Parameter path: The file, which errors name in the same way.
    /// - Returns: `nil` if the file does not exist.
    /// - Throws: Why the file cannot be read, or what is wrong in it and on which line.
    public init?(file path: String) throws(ConfigurationError) {
        let bytes: [UInt8]
        let size: Int
        do throws(SystemCallError) {
            let file = try OpenFile(path)
            size = try Int(file.status().st_size)
            bytes = try file.prefix(Self.longest + 1)
        } catch {
            if error.isMissing { return nil }
            throw ConfigurationError(file: path, "This file cannot be read: \(error.reason).")
        }
        guard bytes.count <= Self.longest else {
            // A pipe, and a file of the kernel, has no size.
            let length = size > Self.longest ? "\(size)" : "more"
            throw ConfigurationError(
                file: path, "This file has \(length) bytes; a configuration has at most \(Self.longest).")
        }
        try self.init(parsing: bytes, file: path)
    }

    /// The table of a whole document.
    ///
    /// - Parameters:
    ///   - bytes: The document, which must be UTF-8, as TOML demands.
    ///   - file: The name of the document in errors.
    init(parsing bytes: [UInt8], file: String) throws(ConfigurationError) {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            let place = min(error.byteOffsets.lowerBound, bytes.count - 1)
            let line = bytes[..<place].count { $0 == UInt8(ascii: "\n") } + 1
            let digits = String(bytes[place], radix: 16, uppercase: true)
            throw ConfigurationError(
                file: file, line: line,
                "This line is not UTF-8: the byte \(digits.count == 1 ? "0" : "")\(digits) cannot be where it is.")
        }
        try self.init(parsing: String(decoding: bytes, as: UTF8.self), file: file)
    }

    /// The longest configuration, in bytes.
    private static var longest: Int { 1 << 20 }
}
