import Glibc

/// The files of this checkout.
enum Repository {
    /// Where it is.
    static let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()

    /// A file of it that cannot be read.
    struct Unreadable: Error { let path: String }

    /// What stands in a file.
    static func text(_ path: String) throws -> String {
        let path = "\(root)/\(path)"
        guard let file = fopen(path, "re") else { throw Unreadable(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The paths that fit a pattern, as a shell would list them.
    static func paths(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob("\(root)/\(pattern)", 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
            .map { String($0.dropFirst(root.utf8.count + 1)) }
    }

    /// The texts of all sources below a folder, as one.
    static func sources(_ folder: String) throws -> String {
        try ["/*.swift", "/*/*.swift"].flatMap { paths(folder + $0) }.map(text).joined(separator: "\n")
    }
}
