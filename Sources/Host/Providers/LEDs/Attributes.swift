internal import AgentCore
internal import Files
internal import Glibc

/// The attributes of devices: files of one value each, which the kernel makes up when they are read and obeys when they
/// are written. Tests put something in its place that behaves like the kernel.
protocol Attributes: Sendable {
    /// What the file holds, without white space around it.
    func read(_ path: FilePath) throws(HostFileError) -> String

    /// Writes the file with one write(2).
    func write(_ text: String, to path: FilePath) throws(HostFileError)
}

/// The files in sysfs.
struct SysfsAttributes: Attributes {
    /// The longest attribute, in bytes.
    private static let limit = 1 << 20
    private static let pageSize = 4096

    /// Reads until the end: a list of triggers is a binary attribute, which the kernel returns 4096 bytes at a time.
    func read(_ path: FilePath) throws(HostFileError) -> String {
        do throws(SystemCallError) {
            return try Lane.accessing(path) { () throws(SystemCallError) in try Self.read(path) }
        } catch {
            throw HostFileError(code: error.code)
        }
    }

    private static func read(_ path: FilePath) throws(SystemCallError) -> String {
        let file = try OpenFile(path)
        var bytes = try file.oneRead(pageSize)
        // A plain attribute is complete after its first read, and some drivers refuse a further one.
        var isPage = bytes.count == pageSize
        while isPage, let page = try? file.oneRead(pageSize) {
            bytes += page
            isPage = page.count == pageSize
            guard bytes.count <= limit else { throw SystemCallError("read", path.text, code: EFBIG) }
        }
        return String(decoding: HostFile.trimmed(bytes), as: UTF8.self)
    }

    func write(_ text: String, to path: FilePath) throws(HostFileError) {
        try Lane.accessing(path) { () throws(HostFileError) in
            let descriptor = path.withCString { open($0, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY) }
            guard descriptor >= 0 else { throw HostFileError(code: errno) }
            defer { close(descriptor) }
            let bytes = Array(text.utf8)
            var count: Int
            repeat { count = Glibc.write(descriptor, bytes, bytes.count) } while count < 0 && errno == EINTR
            guard count == bytes.count else { throw HostFileError(code: count < 0 ? errno : EIO) }
        }
    }
}
