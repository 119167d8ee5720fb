internal import Glibc

/// The files of the machine, below a root that tests put elsewhere, and written so that a machine which loses its power
/// has either the old file or the new one.
///
/// Each step that changes something is announced first: what stops there, in a test, is a machine without power.
public struct Disk: Sendable {
    /// A step that changes the disk.
    public enum Step: Hashable, Sendable {
        /// A file's new content is written beside it.
        case write(String)
        /// It takes the place of the old one.
        case replace(String)
        /// A file is removed.
        case remove(String)
        /// A directory is made.
        case makeDirectory(String)
        /// A directory is removed, if it is empty.
        case removeDirectory(String)
    }

    /// What is in front of every path: empty for the machine's own files.
    let root: String
    /// The group of networkd's files; `nil` where there is none.
    let networkGroup: UInt32?
    private let announce: @Sendable (Step) throws(DiskError) -> Void

    /// The files below `root`.
    public init(
        root: String = "", announce: @escaping @Sendable (Step) throws(DiskError) -> Void = { (_) throws(DiskError) in }
    ) {
        self.root = root
        self.announce = announce
        networkGroup = getgrnam("systemd-network")?.pointee.gr_gid
    }
}

/// Why a file could not be read or written.
public struct DiskError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file and the reason.
    public let description: String
    /// Whether there was no room for it.
    let isFull: Bool

    /// An error in words.
    public init(_ description: String) {
        self.description = description
        isFull = false
    }

    /// What errno(3) says of a file.
    init(_ path: String, _ code: Int32 = errno) {
        description = "\(path): \(String(cString: strerror(code)))"
        isFull = code == ENOSPC || code == EDQUOT
    }
}

// MARK: - Reading

extension Disk {
    /// The content of a file, up to `limit` bytes.
    ///
    /// - Returns: `nil` if there is no such file.
    /// - Throws: `DiskError` if it cannot be read or is longer.
    public func read(_ path: String, limit: Int = 1 << 20) throws(DiskError) -> [UInt8]? {
        let descriptor = open(root + path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        if descriptor < 0, errno == ENOENT || errno == ENOTDIR { return nil }
        guard descriptor >= 0 else { throw DiskError(path) }
        defer { close(descriptor) }
        return try Self.content(of: descriptor, path, limit: limit)
    }

    /// The text of a file. What is not UTF-8 is repaired.
    func text(_ path: String) throws(DiskError) -> String? {
        try read(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The first line of a file of the kernel; `nil` if it cannot be had.
    func line(_ path: String) -> String? {
        guard let text = try? text(path) else { return nil }
        return text.split(separator: "\n", maxSplits: 1).first.map(String.init)
    }

    /// Whether there is something at `path`, be it a link that leads nowhere.
    func exists(_ path: String) -> Bool { kind(path) != nil }

    /// Whether `path` is a symbolic link.
    func isSymbolicLink(_ path: String) -> Bool { kind(path) == S_IFLNK }

    private func kind(_ path: String) -> mode_t? {
        var status = stat()
        guard lstat(root + path, &status) == 0 else { return nil }
        return status.st_mode & S_IFMT
    }

    /// The names in a directory, sorted as networkd sorts them; none if there is no such directory.
    func names(in directory: String) -> [String] {
        guard let stream = opendir(root + directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Reads a descriptor to its end.
    static func content(of descriptor: Int32, _ path: String, limit: Int) throws(DiskError) -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let length = Glibc.read(descriptor, &buffer, buffer.count)
            if length < 0, errno == EINTR { continue }
            if length < 0 { throw DiskError(path) }
            if length == 0 { return content }
            content += buffer[..<length]
            if content.count > limit { throw DiskError(path, EFBIG) }
        }
    }
}

// MARK: - Writing

extension Disk {
    /// Writes a file whole or not at all: beside it first, to the disk, then in its place, and that to the disk, too.
    ///
    /// - Parameters:
    ///   - path: Where. A symbolic link there is replaced, not followed.
    ///   - bytes: What.
    ///   - group: The file's group; `nil` for that of the process.
    ///   - isDurable: Whether it must survive the loss of power.
    public func write(_ path: String, _ bytes: [UInt8], group: UInt32? = nil, isDurable: Bool = true) throws(DiskError)
    {
        let beside = root + Self.beside(path)
        try announce(.write(path))
        do throws(DiskError) {
            try Self.make(beside, path, bytes, group: group, isDurable: isDurable)
        } catch {
            // On a full disk the part that was written would be in the way of the next attempt.
            unlink(beside)
            throw error
        }
        try announce(.replace(path))
        guard rename(beside, root + path) == 0 else { throw DiskError(path) }
        if isDurable { try synchronise(Self.directory(of: path)) }
    }

    /// Makes the file `beside`, which is to become `path`.
    private static func make(
        _ beside: String, _ path: String, _ bytes: [UInt8], group: UInt32?, isDurable: Bool
    ) throws(DiskError) {
        unlink(beside)
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DiskError(path) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let length = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if length < 0, errno == EINTR { continue }
            guard length > 0 else { throw DiskError(path) }
            rest = rest.dropFirst(length)
        }
        if let group, fchown(descriptor, uid_t.max, group) != 0 { throw DiskError(path) }
        guard fchmod(descriptor, 0o640) == 0, !isDurable || fsync(descriptor) == 0 else { throw DiskError(path) }
    }

    /// Puts a file back as it was. Where that is so already, nothing is written: it works on a full disk, too. Where the
    /// disk has no room for the new file beside the old one, the old one makes it.
    public func putBack(_ path: String, _ bytes: [UInt8], group: UInt32?) throws(DiskError) {
        if kind(path) == S_IFREG, (try? read(path)) == bytes {
            // Whoever wrote something here may have lost its power with a part of it beside, or before the directory was on
            // the disk.
            unlink(root + Self.beside(path))
            return try synchronise(Self.directory(of: path))
        }
        do throws(DiskError) {
            try write(path, bytes, group: group)
        } catch {
            guard error.isFull else { throw error }
            try remove(path)
            try write(path, bytes, group: group)
        }
    }

    /// Removes a file, and what an interrupted `write` may have left beside it; it is fine if there is none.
    public func remove(_ path: String) throws(DiskError) {
        try announce(.remove(path))
        unlink(root + Self.beside(path))
        guard unlink(root + path) == 0 || errno == ENOENT || errno == ENOTDIR else { throw DiskError(path) }
        if exists(Self.directory(of: path)) { try synchronise(Self.directory(of: path)) }
    }

    /// Makes a directory; it is fine if it is there.
    public func makeDirectory(_ path: String) throws(DiskError) {
        try announce(.makeDirectory(path))
        guard mkdir(root + path, 0o755) == 0 || errno == EEXIST else { throw DiskError(path) }
        // The process may create files for nobody else to read; networkd must look in here.
        guard chmod(root + path, 0o755) == 0 else { throw DiskError(path) }
        if let networkGroup { _ = lchown(root + path, uid_t.max, networkGroup) }
        try synchronise(Self.directory(of: path))
    }

    /// Removes a directory if it is empty; it is fine if it is not.
    public func removeDirectory(_ path: String) throws(DiskError) {
        try announce(.removeDirectory(path))
        guard rmdir(root + path) == 0 || [ENOENT, ENOTEMPTY, EEXIST].contains(errno) else { throw DiskError(path) }
        try synchronise(Self.directory(of: path))
    }

    /// Brings a directory's entries to the disk.
    private func synchronise(_ directory: String) throws(DiskError) {
        let descriptor = open(root + directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError(directory) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DiskError(directory) }
    }

    /// The directory that holds `path`.
    static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// The last part of `path`.
    static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// Where a file's new content is written first: hidden, so that nobody reads it for a configuration file.
    static func beside(_ path: String) -> String { directory(of: path) + "/." + name(of: path) + ".new" }
}
