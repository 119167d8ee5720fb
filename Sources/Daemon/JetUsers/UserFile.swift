internal import Files
internal import Glibc

/// The *users file*: read whole, and changed so that at every moment the old one or the new one is there, whatever
/// happens.
///
///     let file = UserFile("/var/lib/jet/users.json")
///     try file.update { users throws(UserFileError) in users["john"] = nil }
public struct UserFile: Hashable, Sendable {
    /// Where it is. A link is followed, and stays one.
    public let path: String

    /// The file at `path`.
    public init(_ path: String) { self.path = path }

    /// Whether there is something at the path.
    public var exists: Bool { access(path, F_OK) == 0 || errno != ENOENT }

    /// The users in the file.
    ///
    /// - Throws: `UserFileError` if it cannot be read or is invalid.
    public func read() throws(UserFileError) -> UserTable { try table(in: try open()) }

    /// Changes it. Other programs, or other tasks of this one, that change it at the same time wait, so that no change is
    /// lost.
    ///
    /// - Parameters:
    ///   - creating: Whether a file that does not exist is created, for its owner alone. A file that root creates belongs
    ///     to the owner of its folder: most likely the daemon, which has to read and change it.
    ///   - change: Changes the users. If it throws, the file stays as it is.
    /// - Returns: The users that are in the file now.
    /// - Throws: `UserFileError`; what `change` throws.
    @discardableResult
    public func update<Failure: Error>(
        creating: Bool = false, _ change: (inout UserTable) throws(Failure) -> Void
    ) throws -> UserTable {
        guard let file = try locked(creating: creating) else {
            var users = UserTable()
            try change(&users)
            try create(users.text)
            return users
        }
        var users = try table(in: file)
        try change(&users)
        // The lock is held, since the file is open, until it is replaced.
        try replace(by: users.text, file)
        return users
    }

    // MARK: Reading

    /// A longer file is not a users file: /dev/zero is not read for ever.
    private static var longest: Int { 16 << 20 }

    private func open() throws(UserFileError) -> OpenFile {
        do throws(SystemCallError) {
            return try OpenFile(path)
        } catch {
            throw UserFileError(path, "cannot be opened", error.code)
        }
    }

    private func table(in file: borrowing OpenFile) throws(UserFileError) -> UserTable {
        var text: [UInt8]
        do throws(SystemCallError) {
            text = try file.contents(limit: Self.longest)
        } catch {
            if error.code == EFBIG { throw UserFileError(path, "is too long for a users file") }
            throw UserFileError(path, "cannot be read", error.code)
        }
        // It holds hashes, which need not stay in memory.
        defer { text.withUnsafeMutableBytes { if let start = $0.baseAddress { explicit_bzero(start, $0.count) } } }
        do throws(UserTableError) {
            return try UserTable(parsing: text)
        } catch {
            throw UserFileError(path, "is not right: \(error)")
        }
    }

    // MARK: Changing

    /// Opens the file and locks it against others who change it; `nil` if it does not exist and is to be created.
    private func locked(creating: Bool) throws(UserFileError) -> OpenFile? {
        for _ in 0..<1000 {
            if creating, !exists { return nil }
            let file = try open()
            // Meanwhile another program may have put another file in its place.
            if (try? file.lock()) == true, isCurrent(file) { return file }
            usleep(5000)
        }
        throw UserFileError(path, "is locked by another program that changes it")
    }

    private func isCurrent(_ file: borrowing OpenFile) -> Bool {
        var current = stat()
        guard let ours = try? file.status(), stat(path, &current) == 0 else { return false }
        return ours.st_ino == current.st_ino && ours.st_dev == current.st_dev
    }

    /// Puts a new file in place of the old one, with the same owner and mode.
    private func replace(by text: [UInt8], _ former: borrowing OpenFile) throws(UserFileError) {
        guard let target = File.realPath(path) else { throw UserFileError(path, "cannot be found", errno) }
        do throws(SystemCallError) {
            try Self.put(text, at: target, replacing: try former.status())
        } catch {
            throw UserFileError(path, replacing: error)
        }
    }

    /// Creates the file, unless another program creates it at this moment.
    private func create(_ text: [UInt8]) throws(UserFileError) {
        do throws(SystemCallError) {
            try Self.put(text, at: path, replacing: nil)
        } catch {
            throw UserFileError(path, replacing: error)
        }
    }

    private static func put(_ text: [UInt8], at target: String, replacing former: stat?) throws(SystemCallError) {
        // It could not be read again.
        guard text.count <= longest else { throw SystemCallError("write", target, code: EFBIG) }
        let folder = try Folder(File.folder(of: target))
        let (name, new) = (File.name(of: target), temporaryName(File.name(of: target)))
        var owner = former
        if owner == nil, geteuid() == 0, case let status = try folder.status(), status.st_uid != 0 { owner = status }
        try folder.create(
            new, text, mode: former.map { $0.st_mode & 0o7777 } ?? 0o600, user: owner?.st_uid, group: owner?.st_gid,
            isDurable: true)
        do throws(SystemCallError) {
            if former != nil { try folder.rename(new, to: name) } else { try folder.rename(new, toFree: name) }
        } catch {
            folder.remove(new)
            throw error
        }
        try? folder.synchronize()
    }

    private static func temporaryName(_ name: String) -> String {
        ".\(name).\(String(UInt64.random(in: .min ... .max), radix: 36))"
    }
}

/// Why a users file cannot be used.
public struct UserFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, and what is wrong with it: a sentence without its full stop.
    public let description: String

    init(_ path: String, _ reason: String, _ code: Int32? = nil) {
        let cause = code.map { ": \(String(cString: strerror($0)))" } ?? ""
        description = "the users file \(path) \(reason)\(cause)"
    }

    /// Why the file at `path` could not be replaced.
    init(_ path: String, replacing error: SystemCallError) {
        let reason =
            switch error.call {
            case "open": "cannot be replaced in its folder"
            case "fchown": "cannot be given to its owner"
            case "fchmod": "cannot keep its mode"
            case "rename": "cannot be replaced"
            case "link": "cannot be created"
            default: "cannot be written"
            }
        self.init(path, reason, error.code)
    }
}
