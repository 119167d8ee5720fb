package import Glibc

/// An open file, which is closed when the value goes out of scope. No program that this one starts inherits it.
package struct OpenFile: ~Copyable, Sendable {
    /// The path that errors name.
    package let path: String
    /// The descriptor. It is valid as long as this value is.
    package let descriptor: Int32

    /// Opens a file relative to a folder.
    ///
    /// - Parameters:
    ///   - name: The file, relative to `folder`.
    ///   - folder: The descriptor of a folder, or `AT_FDCWD`.
    init(_ name: FilePath, in folder: Int32, path: String, flags: Int32, mode: mode_t = 0) throws(SystemCallError) {
        var descriptor: Int32
        repeat {
            descriptor = name.withCString { openat(folder, $0, flags | O_CLOEXEC, mode) }
        } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else { throw SystemCallError("open", path) }
        // Only here: Swift 6.2 does not compile an initializer that fails after it has set a property.
        self.path = path
        self.descriptor = descriptor
    }

    /// Opens a file for reading.
    ///
    /// - Parameter followsLink: Whether a symbolic link at `path` is followed; otherwise it is an error (`ELOOP`).
    package init(_ path: FilePath, followsLink: Bool = true) throws(SystemCallError) {
        try self.init(path, in: AT_FDCWD, path: path.text, flags: Self.reading | (followsLink ? 0 : O_NOFOLLOW))
    }

    /// Opens a file for reading.
    ///
    /// - Parameter followsLink: Whether a symbolic link at `path` is followed; otherwise it is an error (`ELOOP`).
    package init(_ path: String, followsLink: Bool = true) throws(SystemCallError) {
        try self.init(FilePath(path), followsLink: followsLink)
    }

    /// Opening a FIFO does not wait for its other end, and a terminal does not become that of this process.
    static let reading = O_RDONLY | O_NONBLOCK | O_NOCTTY

    deinit { close(descriptor) }

    /// What fstat(2) says.
    package func status() throws(SystemCallError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemCallError("stat", path) }
        return status
    }
}

// MARK: - Reading

extension OpenFile {
    /// The rest of the file.
    ///
    /// - Throws: `SystemCallError`, with the code `EFBIG` if there are more than `limit` bytes.
    package func contents(limit: Int) throws(SystemCallError) -> [UInt8] {
        let bytes = try prefix(limit < .max ? limit + 1 : limit)
        guard bytes.count <= limit else { throw SystemCallError("read", path, code: EFBIG) }
        return bytes
    }

    /// The rest of the file, or as much of it as `limit` allows: for callers that need only the beginning, or refuse what
    /// is longer.
    package func prefix(_ limit: Int) throws(SystemCallError) -> [UInt8] {
        // Of a plain file all fits at once, so that no copy of it is left behind. Files in /proc have a size of 0.
        let size = try Int(status().st_size)
        var bytes = [UInt8](repeating: 0, count: max(min(size, limit - 1) + 1, 4096))
        var count = 0
        while count < limit {
            if count == bytes.count { bytes += repeatElement(0, count: bytes.count) }
            let room = min(bytes.count, limit) - count
            let length = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).baseAddress, room)
            }
            if length < 0, errno == EINTR { continue }
            guard length >= 0 else { throw SystemCallError("read", path) }
            if length == 0 { break }
            count += length
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// What one read(2) of up to `limit` bytes returns. There may be more in the file if it returns as many.
    package func oneRead(_ limit: Int) throws(SystemCallError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var length: Int
            repeat { length = read(descriptor, buffer.baseAddress, limit) } while length < 0 && errno == EINTR
            if length < 0 { code = errno }
            // read(2) has written this number of bytes, so they are initialized.
            count = max(0, length)
        }
        guard code == 0 else { throw SystemCallError("read", path, code: code) }
        return bytes
    }
}

// MARK: - Writing

extension OpenFile {
    /// Writes all of `bytes`.
    func write(_ bytes: [UInt8]) throws(SystemCallError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let length = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if length < 0, errno == EINTR { continue }
            guard length > 0 else { throw SystemCallError("write", path) }
            rest = rest.dropFirst(length)
        }
    }

    /// Waits until the file is on the disk, fsync(2).
    func synchronize() throws(SystemCallError) {
        guard fsync(descriptor) == 0 else { throw SystemCallError("fsync", path) }
    }
}

// MARK: - Locks

extension OpenFile {
    /// Locks the file exclusively, flock(2), until it is closed. It does not wait.
    ///
    /// - Returns: `false` if another process has locked it.
    package func lock() throws(SystemCallError) -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            guard errno == EINTR else { throw SystemCallError("lock", path) }
        }
        return true
    }
}
