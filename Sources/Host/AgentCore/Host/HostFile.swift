internal import Glibc

/// The small files in which the kernel and the system tell their facts.
///
/// Each file is read with one read(2). A loop until the end of the file would be wrong for sysfs: an attribute is whole
/// in its first read, and some drivers answer a further one with EAGAIN for ever.
enum HostFile {
    /// The bytes of the file, up to `limit`.
    static func bytes(_ path: String, limit: Int = 4096) throws(HostFileError) -> [UInt8] {
        try Lane.accessing(path) { () throws(HostFileError) -> [UInt8] in
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
            guard descriptor >= 0 else { throw HostFileError(code: errno) }
            defer { close(descriptor) }
            var code: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                var length: Int
                repeat { length = Glibc.read(descriptor, buffer.baseAddress, limit) } while length < 0 && errno == EINTR
                if length < 0 { code = errno }
                count = max(0, length)
            }
            guard code == 0 else { throw HostFileError(code: code) }
            return bytes
        }
    }

    /// The bytes of a file of many lines, up to `limit`. Unlike an attribute of sysfs, a list in procfs comes in as many
    /// pieces as the kernel likes.
    static func contents(_ path: String, limit: Int) throws(HostFileError) -> [UInt8] {
        try Lane.accessing(path) { () throws(HostFileError) -> [UInt8] in
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
            guard descriptor >= 0 else { throw HostFileError(code: errno) }
            defer { close(descriptor) }
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 16 * 1024)
            while bytes.count < limit {
                let length = Glibc.read(descriptor, &piece, min(piece.count, limit - bytes.count))
                if length < 0 && errno == EINTR { continue }
                guard length >= 0 else { throw HostFileError(code: errno) }
                if length == 0 { break }
                bytes += piece[..<length]
            }
            return bytes
        }
    }

    /// The text of the file without white space around it. What is not UTF-8 is repaired.
    static func text(_ path: String, limit: Int = 4096) throws(HostFileError) -> String {
        String(decoding: trimmed(try bytes(path, limit: limit)), as: UTF8.self)
    }

    /// What is left of `bytes` without white space around it.
    static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 <= 0x20 }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return bytes[first...last]
    }

    /// The whole number that the file holds.
    static func integer(_ path: String) throws(HostFileError) -> Int {
        let text = try text(path, limit: 64)
        guard let value = Int(text) else { throw HostFileError(notANumber: text) }
        return value
    }

    /// Whether there is such a file or directory.
    static func exists(_ path: String) -> Bool { Lane.accessing(path) { access(path, F_OK) == 0 } }

    /// The names in a directory, in no particular order; none if there is no such directory.
    static func names(in directory: String) -> [String] {
        Lane.accessing(directory) {
            guard let stream = opendir(directory) else { return [] }
            defer { closedir(stream) }
            var names: [String] = []
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != "." && name != ".." { names.append(name) }
            }
            return names
        }
    }

    /// What the symbolic link at `path` says; `nil` if there is none.
    static func link(_ path: String) -> String? {
        Lane.accessing(path) {
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
                guard let start = buffer.baseAddress else { return nil }
                let length = readlink(path, start, buffer.count)
                guard length >= 0 else { return nil }
                return String(
                    decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<length]), as: UTF8.self
                )
            }
        }
    }

    /// The path without symbolic links; `nil` if nothing is there.
    static func realPath(_ path: String) -> String? {
        Lane.accessing(path) {
            guard let resolved = realpath(path, nil) else { return nil }
            defer { free(resolved) }
            return String(cString: resolved)
        }
    }
}

/// Why a file told nothing.
struct HostFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason, as errno(3) has it; 0 if the file could be read, but made no sense.
    let code: Int32
    /// The reason in words.
    let description: String

    /// What the system said.
    init(code: Int32) {
        self.code = code
        description = String(cString: strerror(code))
    }

    /// A text that should have been a number.
    init(notANumber text: String) {
        code = 0
        description = "not a number: \"\(text.prefix(32))\""
    }

    /// A file that says itself that what another one tells is worth nothing.
    init(_ reason: String) {
        code = 0
        description = reason
    }

    /// Whether there is no such file (any more).
    var isMissing: Bool { code == ENOENT }
}
