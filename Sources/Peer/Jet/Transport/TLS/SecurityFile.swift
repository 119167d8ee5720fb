import JetProtocol

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Reads the small files that `Peer.Security` names.
enum SecurityFile {
    /// The longest file that is read: the authorities of a whole system are some 200 KB.
    private static let longest = 4 << 20

    /// The bytes of a file.
    ///
    /// - Throws: `.invalidSecurity` with the reason.
    static func read(_ path: String) throws(JetError) -> [UInt8] {
        // Opening a pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Self.read(descriptor, &buffer)
            if count == 0 { return bytes }
            guard count > 0 else { throw failure(path) }
            bytes += buffer[..<count]
            guard bytes.count <= longest else {
                throw JetError(.invalidSecurity, "The file '\(path)' is longer than \(longest) bytes")
            }
        }
    }

    private static func read(_ descriptor: CInt, _ buffer: inout [UInt8]) -> Int {
        buffer.withUnsafeMutableBytes { bytes in
            while true {
                #if canImport(Glibc)
                    let count = Glibc.read(descriptor, bytes.baseAddress, bytes.count)
                #else
                    let count = Musl.read(descriptor, bytes.baseAddress, bytes.count)
                #endif
                if count >= 0 || errno != EINTR { return count }
            }
        }
    }

    private static func failure(_ path: String) -> JetError {
        JetError(.invalidSecurity, "The file '\(path)' cannot be read: \(String(cString: strerror(errno)))")
    }
}
