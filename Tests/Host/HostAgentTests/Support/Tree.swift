import Files
import Glibc
import Testing

/// A machine's /sys, /proc and system files in a temporary directory, built from a manifest: one readable file per
/// board instead of hundreds of tiny ones.
///
/// Each line of a manifest is one entry, with a path below the tree's root:
///
///     sys/class/hwmon/hwmon0/name = coretemp     a file with this line
///     sys/class/hwmon/hwmon0 -> ../../devices    a symbolic link
///     sys/class/hwmon/                           a directory
///     sys/class/hwmon/hwmon0/temp1_input !       a file whose reading fails with EIO
///     proc/meminfo <<END                         a file with the lines up to END
///     # ...                                      a remark
final class Tree: Sendable {
    /// The tree's root.
    let root: String

    /// An empty tree.
    init() throws {
        var template = Array("/tmp/jet-host-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        root = template.withUnsafeBytes { String(decoding: $0.dropLast(), as: UTF8.self) }
    }

    /// The tree that `manifest` describes.
    convenience init(manifest: String) throws {
        try self.init()
        var lines = manifest.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = lines.popFirst() {
            if line.isEmpty || line.first == "#" { continue }
            if let (path, target) = Self.split(line, " -> ") {
                link(path, to: target)
            } else if let (path, value) = Self.split(line, " = ") {
                write(path, value + "\n")
            } else if let (path, end) = Self.split(line, " <<") {
                var text = ""
                while let next = lines.popFirst(), next != end { text += next + "\n" }
                write(path, text)
            } else if line.hasSuffix(" !") {
                breakFile(String(line.dropLast(2)))
            } else if line.hasSuffix("/") {
                makeDirectories(String(line.dropLast()))
            } else {
                Issue.record("not a line of a manifest: \(line)")
            }
        }
    }

    deinit { removeAll(FilePath(root)) }

    /// The path of an entry.
    func path(_ path: String) -> String { root + "/" + path }

    /// The path of an entry, for the functions that take bytes.
    func filePath(_ path: FilePath) -> FilePath { "\(root)/\(path)" }

    /// Writes a file whose name need not be UTF-8, in a folder that exists.
    func write(_ path: FilePath, bytes: [UInt8]) {
        let descriptor = filePath(path).withCString { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) }
        #expect(descriptor >= 0, "\(path.text)")
        defer { close(descriptor) }
        #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    }

    /// Makes a folder whose name need not be UTF-8.
    func makeFolder(_ path: FilePath) {
        var made = FilePath(root)
        for part in path.parts {
            made = "\(made)/\(part)"
            _ = made.withCString { mkdir($0, 0o755) }
        }
    }

    /// Makes a symbolic link whose name and target need not be UTF-8, in a folder that exists.
    func link(_ path: FilePath, toFile target: FilePath) {
        let result = filePath(path).withCString { name in target.withCString { symlink($0, name) } }
        #expect(result == 0, "\(path.text)")
    }

    /// Writes a file, with the directories that it needs.
    func write(_ path: String, _ text: String) {
        makeParents(of: path)
        let descriptor = open(self.path(path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        #expect(descriptor >= 0, "\(path)")
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    }

    /// Makes a symbolic link, in the place of another one if there is one.
    func link(_ path: String, to target: String) {
        makeParents(of: path)
        unlink(self.path(path))
        #expect(symlink(target, self.path(path)) == 0, "\(path)")
    }

    /// Makes a file whose reading fails with EIO, as that of a broken sensor does: the start of a process's own memory.
    func breakFile(_ path: String) { link(path, to: "/proc/self/mem") }

    /// Makes a file whose reading fails with EAGAIN, as that of a sensor does that is still measuring: a pipe into which
    /// nobody writes.
    ///
    /// - Returns: The pipe's descriptor, for as long as the file should be so.
    func makeBusyFile(_ path: String) throws -> Int32 {
        unlink(self.path(path))
        try #require(mkfifo(self.path(path), 0o644) == 0)
        let descriptor = open(self.path(path), O_RDWR | O_NONBLOCK | O_CLOEXEC)
        try #require(descriptor >= 0)
        return descriptor
    }

    /// Removes a file or a link, or a directory with all that is in it.
    func remove(_ path: String) { removeAll(filePath(FilePath(path))) }

    private func makeParents(of path: String) {
        if let slash = path.lastIndex(of: "/") { makeDirectories(String(path[..<slash])) }
    }

    private func makeDirectories(_ path: String) {
        var made = root
        for part in path.split(separator: "/") {
            made += "/" + part
            mkdir(made, 0o755)
        }
    }

    private func removeAll(_ path: FilePath) {
        if path.withCString({ unlink($0) }) == 0 { return }
        for name in File.names(in: path) { removeAll("\(path)/\(name)") }
        _ = path.withCString { rmdir($0) }
    }

    private static func split(_ line: Substring, _ separator: String) -> (String, String)? {
        let bytes = Array(line.utf8)
        let mark = Array(separator.utf8)
        guard bytes.count > mark.count else { return nil }
        for start in 0...(bytes.count - mark.count) where bytes[start..<(start + mark.count)].elementsEqual(mark) {
            return (
                String(decoding: bytes[..<start], as: UTF8.self),
                String(decoding: bytes[(start + mark.count)...], as: UTF8.self)
            )
        }
        return nil
    }
}
