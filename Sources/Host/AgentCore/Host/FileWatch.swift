package import Files

/// Waits until files are written, replaced or removed.
///
/// What is watched are their directories, since a file is replaced by renaming another one over it; of a symbolic link,
/// both its own directory and that of the file it leads to. Of a directory that is not there, its coming is waited for. A
/// watch is for one change: what is to be watched may be something else afterwards.
package struct FileWatch: Sendable {
    private let directories: DirectoryWatch
    private let names: Set<FilePath>

    /// Watches the files at `paths` from now on.
    package init(_ paths: [FilePath]) throws(HostFileError) {
        directories = try DirectoryWatch()
        var names: Set<FilePath> = []
        for path in paths + paths.compactMap(HostFile.realPath) {
            var path = path
            while let folder = path.folder {
                names.insert(path.name)
                if directories.add(folder) || folder == "/" { break }
                path = folder
            }
        }
        self.names = names
    }

    /// Waits until something happens to one of the files, and not to others of their directories; or the task is
    /// cancelled.
    package func changed() async {
        while !Task.isCancelled {
            switch await directories.change() {
            case .anything: return
            case .names(let names): if !names.isDisjoint(with: self.names) { return }
            }
        }
    }
}
