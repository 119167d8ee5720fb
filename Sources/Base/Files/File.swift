internal import Glibc

/// Files by their paths: read whole, and replaced so that a reader sees either the old contents or the new ones.
package enum File {
    // MARK: Reading

    /// The contents of a file.
    ///
    /// - Throws: `SystemCallError`, with the code `EFBIG` if it is longer than `limit` bytes.
    package static func contents(_ path: String, limit: Int) throws(SystemCallError) -> [UInt8] {
        try OpenFile(path).contents(limit: limit)
    }

    /// The contents of a regular file that is not reached by a symbolic link at its end: for files in folders that others
    /// can write to.
    package static func regularContents(_ path: String, limit: Int) throws(SystemCallError) -> [UInt8] {
        let file = try OpenFile(path, followsLink: false)
        guard try file.status().st_mode & S_IFMT == S_IFREG else { throw SystemCallError("read", path, code: EINVAL) }
        return try file.contents(limit: limit)
    }

    /// Whether there is something at the path. A symbolic link that leads nowhere counts as nothing.
    package static func exists(_ path: FilePath) -> Bool { path.withCString { access($0, F_OK) == 0 } }

    /// Whether there is something at the path. A symbolic link that leads nowhere counts as nothing.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// What the names in a folder are wanted for.
    package enum Entries: Sendable {
        /// All of them.
        case all
        /// Folders, and symbolic links, which may lead to one: no plain files.
        case folders
    }

    /// The names in a folder, in no particular order; none if it cannot be read.
    package static func names(in folder: FilePath, _ entries: Entries = .all) -> [FilePath] {
        guard let stream = folder.withCString({ opendir($0) }) else { return [] }
        defer { closedir(stream) }
        var names: [FilePath] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { FilePath($0.prefix { $0 != 0 }) }
            guard name != ".", name != ".." else { continue }
            switch Int(entry.pointee.d_type) {
            case _ where entries == .all, Int(DT_DIR), Int(DT_LNK): names.append(name)
            case Int(DT_UNKNOWN): if isFolder("\(folder)/\(name)") { names.append(name) }
            default: break
            }
        }
        return names
    }

    /// Whether there is a folder at the path, or a link to one.
    private static func isFolder(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withCString { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The target of the symbolic link at `path`; `nil` if there is none.
    package static func link(_ path: FilePath) -> FilePath? {
        withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let length = path.withCString { readlink($0, start.assumingMemoryBound(to: CChar.self), buffer.count) }
            // A target that fills the buffer may have been cut.
            guard length >= 0, length < buffer.count else { return nil }
            return FilePath(buffer[..<length])
        }
    }

    /// The path without symbolic links; `nil` if nothing is there.
    package static func realPath(_ path: FilePath) -> FilePath? {
        guard let resolved = path.withCString({ realpath($0, nil) }) else { return nil }
        defer { free(resolved) }
        return FilePath(UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
    }

    /// The path without symbolic links; `nil` if nothing is there, or its name is not UTF-8.
    package static func realPath(_ path: String) -> String? {
        realPath(FilePath(path)).flatMap { String(validating: $0.bytes, as: UTF8.self) }
    }

    // MARK: Changing

    /// Removes a file, if it exists.
    package static func remove(_ path: String) { unlink(path) }

    /// Replaces a file, or creates it: the contents are written to a new file beside it, which then gets its name.
    ///
    /// - Parameters:
    ///   - path: The file. A symbolic link is replaced, not followed.
    ///   - group: The group; `nil` for that of the process.
    ///   - isDurable: Whether to wait until the file would survive a loss of power.
    package static func replace(
        _ path: String, with bytes: [UInt8], mode: UInt32, group: UInt32? = nil, isDurable: Bool = false
    ) throws(SystemCallError) {
        let folder = try Folder(folder(of: path))
        let (name, beside) = (name(of: path), nameBeside(path))
        folder.remove(beside)
        try folder.create(beside, bytes, mode: mode, group: group, isDurable: isDurable)
        do throws(SystemCallError) {
            try folder.rename(beside, to: name)
        } catch {
            folder.remove(beside)
            throw error
        }
        if isDurable { try folder.synchronize() }
    }

    /// The name of the file, in the same folder, that new contents are written to first. It is hidden, so that no program
    /// takes it for a configuration file.
    package static func nameBeside(_ path: String) -> String { ".\(name(of: path)).new" }

    // MARK: Paths

    /// The folder that holds `path`.
    package static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// The last part of `path`.
    package static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }
}
