internal import Glibc

/// Reading the file itself.
extension ConfigurationTable {
    /// The table that a file is.
    ///
    /// - Parameter path: The file, which is called so in errors, too.
    /// - Returns: `nil` if there is no such file.
    /// - Throws: Why it cannot be read, or what is wrong with it and on which line.
    public init?(file path: String) throws(ConfigurationError) {
        // A FIFO in its place would keep us waiting for somebody to write.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw ConfigurationError(file: path, "This file cannot be opened: \(String(cString: strerror(errno))).")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw ConfigurationError(file: path, "This file cannot be read: \(String(cString: strerror(errno))).")
            }
            if count == 0 { break }
            bytes += chunk[..<count]
            guard bytes.count <= Self.longest else {
                throw ConfigurationError(file: path, "This file is too long for a configuration.")
            }
        }
        try self.init(parsing: String(decoding: bytes, as: UTF8.self), file: path)
    }

    /// No configuration is longer, in bytes.
    private static var longest: Int { 1 << 20 }
}
