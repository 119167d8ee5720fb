internal import Glibc

/// Small files, read whole and replaced whole: who reads one sees the former or the new one, never a part.
public enum SmallFile {
    /// The bytes of a plain file, if it is not longer than `limit`. Symbolic links are not followed, and nothing is
    /// waited for: the file may lie where somebody else writes.
    public static func bytes(_ path: String, limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= limit {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        return nil
    }

    /// The text of a plain file. What is not UTF-8 is repaired.
    public static func text(_ path: String, limit: Int = 4096) -> String? {
        bytes(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether there is such a file.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Removes a file, if it is there.
    public static func remove(_ path: String) { unlink(path) }

    /// Replaces a file, or makes it; all may read it.
    ///
    /// - Parameters:
    ///   - path: The file. Its directory must be there.
    ///   - bytes: What shall be in it.
    ///   - durable: Whether to wait until it would survive a power cut.
    public static func write(_ path: String, _ bytes: [UInt8], durable: Bool = false) throws(SystemCallError) {
        let new = path + ".new"
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw SystemCallError("open", new) }
        do throws(SystemCallError) {
            defer { close(descriptor) }
            // Whatever the umask is.
            guard fchmod(descriptor, 0o644) == 0 else { throw SystemCallError("fchmod", new) }
            try write(descriptor, bytes, new)
            if durable, fsync(descriptor) != 0 { throw SystemCallError("fsync", new) }
        } catch {
            unlink(new)
            throw error
        }
        guard rename(new, path) == 0 else {
            let error = SystemCallError("rename", path)
            unlink(new)
            throw error
        }
        if durable { synchronizeDirectory(of: path) }
    }

    private static func write(_ descriptor: Int32, _ bytes: [UInt8], _ path: String) throws(SystemCallError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemCallError("write", path) }
            rest = rest.dropFirst(count)
        }
    }

    /// The new name is in the directory, which is a file of its own.
    private static func synchronizeDirectory(of path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let directory = open(String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }
}

/// A call of the system that failed.
public struct SystemCallError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which call.
    public let call: String
    /// On what: a file or a program.
    public let subject: String
    /// Why, as errno(3) has it.
    public let code: Int32

    /// A call that has just failed, if `code` is not given for the reason that errno(3) says.
    init(_ call: String, _ subject: String, code: Int32 = errno) {
        self.call = call
        self.subject = subject
        self.code = code
    }

    /// All of it in one line.
    public var description: String { "\(call) \(subject): \(String(cString: strerror(code)))" }
}
