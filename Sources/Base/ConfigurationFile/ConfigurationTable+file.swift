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
        do throws(SystemCallError) {
            bytes = try File.contents(path, limit: Self.longest)
        } catch {
            if error.isMissing { return nil }
            guard error.code != EFBIG else {
                throw ConfigurationError(file: path, "This file is too long for a configuration.")
            }
            throw ConfigurationError(file: path, "This file cannot be read: \(error.reason).")
        }
        try self.init(parsing: String(decoding: bytes, as: UTF8.self), file: path)
    }

    /// The longest configuration, in bytes.
    private static var longest: Int { 1 << 20 }
}
