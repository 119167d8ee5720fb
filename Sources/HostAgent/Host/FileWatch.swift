internal import Glibc
internal import Readiness

/// Waits until files are written, replaced or removed, by inotify(7).
///
/// What is watched are their directories, since a file is replaced by renaming another one over it; of a symbolic link,
/// both its own directory and that of the file it leads to. Of a directory that is not there, its coming is waited for. A
/// watch is for one change: what is to be watched may be something else afterwards.
final class FileWatch: Sendable {
    private let descriptor: Int32
    private let names: Set<String>

    private static let events = UInt32(IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)

    /// Watches the files at `paths` from now on.
    init(_ paths: [String]) throws(HostFileError) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard descriptor >= 0 else { throw HostFileError(code: errno) }
        var names: Set<String> = []
        for path in paths + paths.compactMap(HostFile.realPath) {
            var path = path[...]
            while let slash = path.lastIndex(of: "/") {
                names.insert(String(path[path.index(after: slash)...]))
                path = path[..<slash]
                if inotify_add_watch(descriptor, path.isEmpty ? "/" : String(path), Self.events) >= 0 { break }
            }
        }
        self.descriptor = descriptor
        self.names = names
    }

    deinit { close(descriptor) }

    /// Waits until something happens to one of the files, or the task is cancelled.
    func changed() async {
        repeat { await Readiness.read(of: descriptor) } while !Task.isCancelled && !isAboutThem()
    }

    /// Takes what has happened.
    ///
    /// - Returns: Whether it was about the files, and not others of their directories.
    private func isAboutThem() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var isAboutThem = false
        while case let length = read(descriptor, &buffer, buffer.count), length > 0 {
            var rest = NetlinkBytes(buffer[..<length])
            // struct inotify_event: watch, mask, cookie, length of the name; then the name.
            while let mask = rest.load(UInt32.self, at: 4), let size = rest.load(UInt32.self, at: 12).map(Int.init),
                let name = rest.slice(16..<(16 + size))
            {
                let isOverrun = mask & UInt32(IN_Q_OVERFLOW) != 0
                if isOverrun || names.contains(String(decoding: name.text, as: UTF8.self)) { isAboutThem = true }
                rest = rest.suffix(from: 16 + size)
            }
        }
        return isAboutThem
    }
}
