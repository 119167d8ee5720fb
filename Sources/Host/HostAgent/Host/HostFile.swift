internal import Files
internal import Glibc

/// The small files through which the kernel and the system publish facts.
///
/// Each file is read with one read(2). A loop until the end of the file would be wrong for sysfs: an attribute is complete
/// after its first read, and some drivers answer a further one with EAGAIN for ever.
enum HostFile {
    /// The bytes of the file, up to `limit`.
    static func bytes(_ path: String, limit: Int = 4096) throws(HostFileError) -> [UInt8] {
        do throws(SystemCallError) {
            return try OpenFile(path).oneRead(limit)
        } catch {
            throw HostFileError(code: error.code)
        }
    }

    /// The bytes of a file of many lines, up to `limit`. Unlike an attribute of sysfs, a list in procfs is returned in as
    /// many pieces as the kernel likes.
    static func contents(_ path: String, limit: Int) throws(HostFileError) -> [UInt8] {
        do throws(SystemCallError) {
            return try OpenFile(path).prefix(limit)
        } catch {
            throw HostFileError(code: error.code)
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
}

/// Why a fact could not be read from a file.
struct HostFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason, as errno(3) has it; 0 if the file could be read, but its contents are invalid.
    let code: Int32
    /// The reason in words.
    let description: String

    /// The error of a system call.
    init(code: Int32) {
        self.code = code
        description = String(cString: strerror(code))
    }

    /// A text that should have been a number.
    init(notANumber text: String) {
        code = 0
        description = "not a number: \"\(text.prefix(32))\""
    }

    /// A file whose contents are known to be invalid.
    init(_ reason: String) {
        code = 0
        description = reason
    }

    /// Whether the file does not exist (any more).
    var isMissing: Bool { code == ENOENT }
}
