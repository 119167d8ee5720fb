#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A folder that is removed, with all that is in it, when the value is.
package final class TemporaryFolder: Sendable {
    /// Its absolute path.
    package let path: String

    /// Creates an empty folder.
    package init() throws {
        var template = Array("/tmp/jet-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Descriptors.Failed("mkdtemp") }
        path = template.withUnsafeBytes { String(decoding: $0.dropLast(), as: UTF8.self) }
    }

    deinit { Self.remove(path) }

    /// Creates a folder in it, with those above it.
    package func makeFolder(_ folder: String) {
        var made = path
        for part in folder.split(separator: "/") {
            made += "/" + part
            mkdir(made, 0o755)
        }
    }

    private static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        if let stream = opendir(path) {
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { remove(path + "/" + name) }
            }
        }
        rmdir(path)
    }
}
