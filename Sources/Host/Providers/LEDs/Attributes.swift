internal import Glibc

/// The attributes of devices: files of one value each, which the kernel makes up when they are read and obeys when they
/// are written. Tests put something in its place that behaves like the kernel.
protocol Attributes: Sendable {
    /// What the file holds, without white space around it.
    func read(_ path: String) throws(HostFileError) -> String

    /// Writes the file with one write(2).
    func write(_ text: String, to path: String) throws(HostFileError)
}

/// The files in sysfs.
struct SysfsAttributes: Attributes {
    /// No attribute is longer.
    private static let limit = 1 << 20

    /// Reads until the end: a list of triggers is a binary attribute, of which the kernel gives 4096 bytes at a time.
    func read(_ path: String) throws(HostFileError) -> String {
        try Lane.accessing(path) { () throws(HostFileError) -> String in
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
            guard descriptor >= 0 else { throw HostFileError(code: errno) }
            defer { close(descriptor) }
            var bytes: [UInt8] = []
            var part = [UInt8](repeating: 0, count: 4096)
            while bytes.count < Self.limit {
                let count = Glibc.read(descriptor, &part, part.count)
                if count < 0, errno == EINTR { continue }
                if count < 0, bytes.isEmpty { throw HostFileError(code: errno) }
                if count <= 0 { break }
                bytes += part[..<count]
                // A plain attribute is whole in its first read, and some drivers do not like to be asked again.
                if count < part.count, bytes.count == count { break }
            }
            return String(decoding: HostFile.trimmed(bytes), as: UTF8.self)
        }
    }

    func write(_ text: String, to path: String) throws(HostFileError) {
        try Lane.accessing(path) { () throws(HostFileError) in
            let descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY)
            guard descriptor >= 0 else { throw HostFileError(code: errno) }
            defer { close(descriptor) }
            let bytes = Array(text.utf8)
            var count: Int
            repeat { count = Glibc.write(descriptor, bytes, bytes.count) } while count < 0 && errno == EINTR
            guard count == bytes.count else { throw HostFileError(code: count < 0 ? errno : EIO) }
        }
    }
}
