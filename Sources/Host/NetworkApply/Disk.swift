internal import Files
internal import Glibc
internal import Handover

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
    /// The files that the agent and this program share, below `root`.
    let files = NetworkFiles()
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
        try read(FilePath(path), limit: limit)
    }

    private func read(_ path: FilePath, limit: Int = 1 << 20) throws(DiskError) -> [UInt8]? {
        do throws(SystemCallError) {
            return try OpenFile(FilePath(root) + path).contents(limit: limit)
        } catch {
            if error.isMissing || error.code == ENOTDIR { return nil }
            throw DiskError(path.text, error.code)
        }
    }

    /// The text of a file. What is not UTF-8 is repaired.
    func text(_ path: String) throws(DiskError) -> String? { try text(FilePath(path)) }

    /// The text of a file. What is not UTF-8 is repaired.
    func text(_ path: FilePath) throws(DiskError) -> String? {
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
    func names(in directory: String, _ entries: File.Entries = .all) -> [FilePath] {
        File.names(in: FilePath(root + directory), entries).sorted()
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
        let (folder, name, beside) = (File.folder(of: path), File.name(of: path), File.nameBeside(path))
        try announce(.write(path))
        do throws(SystemCallError) {
            let folder = try Folder(root + folder)
            folder.remove(beside)
            try folder.create(beside, bytes, mode: 0o640, group: group, isDurable: isDurable)
        } catch {
            throw DiskError(path, error.code)
        }
        try announce(.replace(path))
        do throws(SystemCallError) {
            try Folder(root + folder).rename(beside, to: name)
        } catch {
            throw DiskError(path, error.code)
        }
        if isDurable { try synchronise(folder) }
    }

    /// Restores a file as it was. If the file has that content already, nothing is written, so this works on a full
    /// disk, too. If the disk has no room for the new file beside the old one, the old one is removed first.
    public func putBack(_ path: String, _ bytes: [UInt8], group: UInt32?) throws(DiskError) {
        if kind(path) == S_IFREG, (try? read(path)) == bytes {
            // An earlier write may have been interrupted by a power loss: a partial file may be left beside this one,
            // or the directory may not be on the disk yet.
            unlink(root + Self.beside(path))
            return try synchronise(File.folder(of: path))
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
        if exists(File.folder(of: path)) { try synchronise(File.folder(of: path)) }
    }

    /// Makes a directory; it is fine if it is there.
    public func makeDirectory(_ path: String) throws(DiskError) {
        try announce(.makeDirectory(path))
        guard mkdir(root + path, 0o755) == 0 || errno == EEXIST else { throw DiskError(path) }
        // The umask of the process may deny access to other users; networkd must be able to read the directory.
        guard chmod(root + path, 0o755) == 0 else { throw DiskError(path) }
        if let networkGroup { _ = lchown(root + path, uid_t.max, networkGroup) }
        try synchronise(File.folder(of: path))
    }

    /// Removes a directory if it is empty; it is fine if it is not.
    public func removeDirectory(_ path: String) throws(DiskError) {
        try announce(.removeDirectory(path))
        guard rmdir(root + path) == 0 || [ENOENT, ENOTEMPTY, EEXIST].contains(errno) else { throw DiskError(path) }
        try synchronise(File.folder(of: path))
    }

    /// Brings a directory's entries to the disk.
    private func synchronise(_ directory: String) throws(DiskError) {
        do throws(SystemCallError) {
            try Folder(root + directory).synchronize()
        } catch {
            throw DiskError(directory, error.code)
        }
    }

    /// Where a file's new content is written first.
    private static func beside(_ path: String) -> String { File.folder(of: path) + "/" + File.nameBeside(path) }
}
