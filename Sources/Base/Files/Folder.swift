package import Glibc

/// An open folder: the files in it are opened, created and renamed relative to it, so that it cannot be exchanged for
/// another one between two steps.
package struct Folder: ~Copyable, Sendable {
    private let file: OpenFile

    private static let flags = O_RDONLY | O_DIRECTORY

    /// Opens a folder.
    ///
    /// - Parameter followsLink: Whether a symbolic link at `path` is followed; otherwise it is an error.
    package init(_ path: String, followsLink: Bool = true) throws(SystemCallError) {
        let flags = Self.flags | (followsLink ? 0 : O_NOFOLLOW)
        file = try OpenFile(FilePath(path), in: AT_FDCWD, path: path, flags: flags)
    }

    private init(_ file: consuming OpenFile) { self.file = file }

    /// The folder's path.
    package var path: String { file.path }

    /// What fstat(2) says of the folder.
    package func status() throws(SystemCallError) -> stat { try file.status() }

    private func path(of name: String) -> String { path == "/" ? "/" + name : path + "/" + name }

    /// Opens a folder in this one. A symbolic link is an error.
    package func folder(_ name: String) throws(SystemCallError) -> Folder {
        Folder(
            try OpenFile(FilePath(name), in: file.descriptor, path: path(of: name), flags: Self.flags | O_NOFOLLOW))
    }

    /// Opens a file in this folder for reading. A symbolic link is an error.
    package func file(_ name: String) throws(SystemCallError) -> OpenFile {
        try OpenFile(FilePath(name), in: file.descriptor, path: path(of: name), flags: OpenFile.reading | O_NOFOLLOW)
    }

    // MARK: Changing

    /// Creates a file with its contents; whatever the umask is, it has the given mode. If that fails, no file is left.
    ///
    /// - Parameters:
    ///   - user: The owner; `nil` for that of the process.
    ///   - group: The group; `nil` for that of the process.
    ///   - isDurable: Whether to wait until the contents are on the disk.
    /// - Throws: `SystemCallError`, with the code `EEXIST` if there is a file, or a symbolic link, of that name.
    package func create(
        _ name: String, _ bytes: [UInt8], mode: mode_t, user: uid_t? = nil, group: gid_t? = nil, isDurable: Bool
    ) throws(SystemCallError) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        let new = try OpenFile(FilePath(name), in: file.descriptor, path: path(of: name), flags: flags, mode: 0o600)
        do throws(SystemCallError) {
            try new.write(bytes)
            let status = try new.status()
            let (user, group) = (user ?? status.st_uid, group ?? status.st_gid)
            // A process that may not change the owner may still keep it.
            if (user, group) != (status.st_uid, status.st_gid), fchown(new.descriptor, user, group) != 0 {
                throw SystemCallError("fchown", new.path)
            }
            // After the owner: chown(2) takes some bits of the mode away.
            guard fchmod(new.descriptor, mode) == 0 else { throw SystemCallError("fchmod", new.path) }
            if isDurable { try new.synchronize() }
        } catch {
            remove(name)
            throw error
        }
    }

    /// Gives a file a new name. A file that has that name already is replaced.
    package func rename(_ name: String, to new: String) throws(SystemCallError) {
        guard renameat(file.descriptor, name, file.descriptor, new) == 0 else {
            throw SystemCallError("rename", path(of: new))
        }
    }

    /// Gives a file a new name, unless a file has that name already (`EEXIST`).
    package func rename(_ name: String, toFree new: String) throws(SystemCallError) {
        guard linkat(file.descriptor, name, file.descriptor, new, 0) == 0 else {
            throw SystemCallError("link", path(of: new))
        }
        remove(name)
    }

    /// Removes a file, if it exists.
    package func remove(_ name: String) { unlinkat(file.descriptor, name, 0) }

    /// Waits until the names in the folder are on the disk, fsync(2).
    package func synchronize() throws(SystemCallError) { try file.synchronize() }
}
