package import Files
internal import Glibc

/// The small files through which the kernel and the system publish facts.
///
/// The current lane notes which file it accesses, so that a log entry can name one that hangs.
///
/// Each file is read with one read(2). A loop until the end of the file would be wrong for sysfs: an attribute is complete
/// after its first read, and some drivers answer a further one with EAGAIN for ever.
package enum HostFile {
    /// The bytes of the file.
    ///
    /// - Throws: Also if there are more than `limit`: nothing is cut.
    package static func bytes(_ path: FilePath, limit: Int = 4096) throws(HostFileError) -> [UInt8] {
        try read(path, limit: limit) { file throws(SystemCallError) in try file.oneRead(limit + 1) }
    }

    /// The bytes of a file of many lines. Unlike an attribute of sysfs, a list in procfs is returned in as many pieces as
    /// the kernel likes.
    ///
    /// - Throws: Also if there are more than `limit`: nothing is cut.
    package static func contents(_ path: FilePath, limit: Int) throws(HostFileError) -> [UInt8] {
        try read(path, limit: limit) { file throws(SystemCallError) in try file.prefix(limit + 1) }
    }

    private static func read(
        _ path: FilePath, limit: Int, _ read: (borrowing OpenFile) throws(SystemCallError) -> [UInt8]
    ) throws(HostFileError) -> [UInt8] {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            bytes = try Lane.accessing(path) { () throws(SystemCallError) in try read(OpenFile(path)) }
        } catch {
            throw HostFileError(code: error.code)
        }
        guard bytes.count <= limit else { throw HostFileError("longer than \(limit) bytes") }
        return bytes
    }

    /// The first `count` bytes of a file, or all if it has fewer: for files of which only the beginning matters.
    package static func beginning(_ path: FilePath, _ count: Int) throws(HostFileError) -> [UInt8] {
        do throws(SystemCallError) {
            return try Lane.accessing(path) { () throws(SystemCallError) in try OpenFile(path).oneRead(count) }
        } catch {
            throw HostFileError(code: error.code)
        }
    }

    /// The lines among the first `count` bytes of a file, without a last one that goes beyond them.
    package static func firstLines(_ path: FilePath, _ count: Int) throws(HostFileError) -> [UInt8] {
        let bytes = try beginning(path, count)
        guard bytes.count == count else { return bytes }
        return bytes.lastIndex(of: UInt8(ascii: "\n")).map { Array(bytes[...$0]) } ?? []
    }

    /// The text of the file without white space around it. What is not UTF-8 is repaired.
    package static func text(_ path: FilePath, limit: Int = 4096) throws(HostFileError) -> String {
        String(decoding: trimmed(try bytes(path, limit: limit)), as: UTF8.self)
    }

    /// What is left of `bytes` without white space around it.
    package static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 <= 0x20 }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return bytes[first...last]
    }

    /// The whole number that the file holds.
    package static func integer(_ path: FilePath) throws(HostFileError) -> Int {
        let text = try text(path, limit: 64)
        guard let value = Int(text) else { throw HostFileError(notANumber: text) }
        return value
    }

    /// Whether there is something at the path.
    package static func exists(_ path: FilePath) -> Bool { Lane.accessing(path) { File.exists(path) } }

    /// The names in a folder, in no particular order; none if it cannot be read.
    package static func names(in folder: FilePath, _ entries: File.Entries = .all) -> [FilePath] {
        Lane.accessing(folder) { File.names(in: folder, entries) }
    }

    /// The target of the symbolic link at `path`; `nil` if there is none.
    package static func link(_ path: FilePath) -> FilePath? { Lane.accessing(path) { File.link(path) } }

    /// The path without symbolic links; `nil` if nothing is there.
    package static func realPath(_ path: FilePath) -> FilePath? { Lane.accessing(path) { File.realPath(path) } }
}

/// Why a fact could not be read from a file.
package struct HostFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason, as errno(3) has it; 0 if the file could be read, but its contents are invalid.
    package let code: Int32
    /// The reason in words.
    package let description: String

    /// The error of a system call.
    package init(code: Int32) {
        self.code = code
        description = String(cString: strerror(code))
    }

    /// A text that should have been a number.
    package init(notANumber text: String) {
        code = 0
        description = "not a number: \"\(text.prefix(32))\""
    }

    /// A file whose contents are known to be invalid.
    package init(_ reason: String) {
        code = 0
        description = reason
    }

    /// Whether the file does not exist (any more).
    package var isMissing: Bool { code == ENOENT }
}
