internal import Glibc

/// The users file. Changes replace it atomically.
///
///     let file = UserFile("/var/lib/jet/users.json")
///     try file.update { users throws(UserFileError) in users["john"] = nil }
public struct UserFile: Hashable, Sendable {
    /// The path. A symbolic link is followed and kept.
    public let path: String

    /// The file at `path`.
    public init(_ path: String) { self.path = path }

    /// Whether the file exists.
    public var exists: Bool { access(path, F_OK) == 0 || errno != ENOENT }

    /// Reads the file.
    ///
    /// - Throws: `UserFileError` if it cannot be read or is malformed.
    public func read() throws(UserFileError) -> UserTable {
        let descriptor = try open()
        defer { close(descriptor) }
        return try table(in: descriptor)
    }

    /// Changes the file. A lock makes other changes wait, in this process or another one, so that none is lost.
    ///
    /// - Parameters:
    ///   - creating: Whether a missing file is created, readable by its owner only. If root creates it, it gets the owner of
    ///     the folder, which is usually the daemon, which must read and change it.
    ///   - change: Changes the users. If it throws, the file does not change.
    /// - Returns: The changed users.
    /// - Throws: `UserFileError`; what `change` throws.
    @discardableResult
    public func update<Failure: Error>(
        creating: Bool = false, _ change: (inout UserTable) throws(Failure) -> Void
    ) throws -> UserTable {
        guard let descriptor = try locked(creating: creating) else {
            var users = UserTable()
            try change(&users)
            try replace(by: users.text, as: nil)
            return users
        }
        defer { close(descriptor) }
        var users = try table(in: descriptor)
        try change(&users)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw UserFileError(path, "cannot be looked at", errno) }
        try replace(by: users.text, as: status)
        return users
    }

    // MARK: Reading

    /// More than this is no users file; nobody shall make us read /dev/zero.
    private static var longest: Int { 16 << 20 }

    private func open() throws(UserFileError) -> Int32 {
        // A FIFO in its place would keep us waiting for somebody to write.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw UserFileError(path, "cannot be opened", errno) }
        return descriptor
    }

    private func table(in descriptor: Int32) throws(UserFileError) -> UserTable {
        var text: [UInt8] = []
        // It holds hashes, which need not stay in memory.
        defer { text.withUnsafeMutableBytes { if let start = $0.baseAddress { explicit_bzero(start, $0.count) } } }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw UserFileError(path, "cannot be read", errno) }
            if count == 0 { break }
            text += chunk[..<count]
            guard text.count <= Self.longest else { throw UserFileError(path, "is too long for a users file") }
        }
        do throws(UserTableError) {
            return try UserTable(parsing: text)
        } catch {
            throw UserFileError(path, "is not right: \(error)")
        }
    }

    // MARK: Changing

    /// Opens the file and locks it against others who change it; `nil` if there is none and there may be none.
    private func locked(creating: Bool) throws(UserFileError) -> Int32? {
        for _ in 0..<1000 {
            if creating, !exists { return nil }
            let descriptor = try open()
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                // While we waited somebody else may have put another file in its place.
                var (ours, current) = (stat(), stat())
                if fstat(descriptor, &ours) == 0, stat(path, &current) == 0, ours.st_ino == current.st_ino,
                    ours.st_dev == current.st_dev
                {
                    return descriptor
                }
            }
            close(descriptor)
            usleep(5000)
        }
        throw UserFileError(path, "is locked by another program that changes it")
    }

    /// Puts a new file in place of the old one, with the same owner and mode: written beside it, on the disk before it
    /// has the name.
    private func replace(by text: [UInt8], as former: stat?) throws(UserFileError) {
        var target = path
        if former != nil {
            guard let resolved = realpath(path, nil) else { throw UserFileError(path, "cannot be found", errno) }
            target = String(cString: resolved)
            free(resolved)
        }
        let slash = target.lastIndex(of: "/")
        let folder = slash.map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
        let name = slash.map { String(target[target.index(after: $0)...]) } ?? target
        let folderDescriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folderDescriptor >= 0 else { throw UserFileError(path, "cannot be replaced in its folder", errno) }
        defer { close(folderDescriptor) }
        let temporary = ".\(name).\(String(UInt64.random(in: .min ... .max), radix: 36))"
        // An existing file is not opened, and a symbolic link is not followed.
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = openat(folderDescriptor, temporary, flags, 0o600)
        guard descriptor >= 0 else { throw UserFileError(path, "cannot be replaced in its folder", errno) }
        defer { close(descriptor) }
        do throws(UserFileError) {
            try write(text, to: descriptor)
            if let former { try adopt(former, descriptor) } else { try giveAway(descriptor, folderDescriptor) }
            guard fsync(descriptor) == 0 else { throw UserFileError(path, "cannot be written", errno) }
            if former != nil {
                guard renameat(folderDescriptor, temporary, folderDescriptor, name) == 0 else {
                    throw UserFileError(path, "cannot be replaced", errno)
                }
            } else {
                // Who else makes it at this moment is not overwritten.
                guard linkat(folderDescriptor, temporary, folderDescriptor, name, 0) == 0 else {
                    throw UserFileError(path, "cannot be made", errno)
                }
                unlinkat(folderDescriptor, temporary, 0)
            }
        } catch {
            unlinkat(folderDescriptor, temporary, 0)
            throw error
        }
        fsync(folderDescriptor)
    }

    private func write(_ text: [UInt8], to descriptor: Int32) throws(UserFileError) {
        var rest = text[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw UserFileError(path, "cannot be written", errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Gives a file that root has made to whom the folder belongs.
    private func giveAway(_ descriptor: Int32, _ folderDescriptor: Int32) throws(UserFileError) {
        guard geteuid() == 0 else { return }
        var folder = stat()
        guard fstat(folderDescriptor, &folder) == 0,
            folder.st_uid == 0 || fchown(descriptor, folder.st_uid, folder.st_gid) == 0
        else { throw UserFileError(path, "cannot be given to whom its folder belongs", errno) }
    }

    /// Gives a new file the owner and the mode of the old one.
    private func adopt(_ former: stat, _ descriptor: Int32) throws(UserFileError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw UserFileError(path, "cannot be looked at", errno) }
        if status.st_uid != former.st_uid || status.st_gid != former.st_gid {
            guard fchown(descriptor, former.st_uid, former.st_gid) == 0 else {
                throw UserFileError(path, "belongs to somebody else, and cannot be given back", errno)
            }
        }
        guard fchmod(descriptor, former.st_mode & 0o7777) == 0 else {
            throw UserFileError(path, "cannot keep its mode", errno)
        }
    }
}

/// Why a users file cannot be read or changed.
public struct UserFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, and what is wrong with it, in one sentence without a full stop.
    public let description: String

    init(_ path: String, _ reason: String, _ code: Int32? = nil) {
        let cause = code.map { ": \(String(cString: strerror($0)))" } ?? ""
        description = "the users file \(path) \(reason)\(cause)"
    }
}
