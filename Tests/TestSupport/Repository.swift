#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The files of this checkout.
public enum Repository {
    /// The folder that `Package.swift` is in.
    public static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    /// A file of it that cannot be read.
    public struct Unreadable: Error {
        /// Its absolute path.
        public let path: String
    }

    /// The contents of a file, as text.
    ///
    /// - Parameter path: From `root` on.
    public static func text(_ path: String) throws -> String {
        let path = "\(root)/\(path)"
        guard let file = fopen(path, "re") else { throw Unreadable(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The paths that match a shell's pattern, from `root` on.
    public static func paths(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob("\(root)/\(pattern)", 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
            .map { String($0.dropFirst(root.utf8.count + 1)) }
    }

    /// The paths of all files below a folder, from `root` on; those of its folders are among them.
    public static func files(below folder: String) -> [String] {
        var files: [String] = []
        var level = paths(folder + "/*")
        var pattern = folder + "/*"
        while !level.isEmpty {
            files += level
            pattern += "/*"
            level = paths(pattern)
        }
        return files
    }

    /// The texts of all Swift sources below a folder, as one.
    public static func sources(_ folder: String) throws -> String {
        try ["", "/*", "/*/*", "/*/*/*"].flatMap { paths(folder + $0 + "/*.swift") }.map(text).joined(separator: "\n")
    }
}
