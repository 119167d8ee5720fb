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
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The names in a folder, in no particular order; none if it cannot be read.
    package static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The text of the symbolic link at `path`; `nil` if there is none.
    package static func link(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let length = readlink(path, start.assumingMemoryBound(to: CChar.self), buffer.count)
            guard length >= 0 else { return nil }
            return String(decoding: UnsafeRawBufferPointer(rebasing: buffer[..<length]), as: UTF8.self)
        }
    }

    /// The path without symbolic links; `nil` if nothing is there.
    package static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
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
