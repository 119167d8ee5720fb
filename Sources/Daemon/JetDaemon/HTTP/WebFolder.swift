import Files
import Glibc

/// The files of a folder and the folders in it, read whole: what is served is a table, so no address leads to another file.
struct WebFolder: Sendable {
    /// The files by their paths in the folder.
    let files: [String: WebFile]
    /// The beginning of a hash of all paths and contents, 16 hexadecimal digits.
    let hash: String

    /// How many files a folder may have, with the compressed ones; how many bytes; and how deep.
    static let mostFiles = 256
    static let mostBytes = 4 << 20
    private static let mostFolders = 8

    /// Why a folder cannot be served.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// Whether the folder does not exist.
        var isMissing = false
    }

    /// Reads a folder. Symbolic links are followed; hidden files are not served.
    init(_ path: String) throws(Failure) {
        var contents: [String: [UInt8]] = [:]
        var bytes = 0
        try Self.read(path, prefix: "", depth: 1, &contents, &bytes)
        var files: [String: WebFile] = [:]
        for (name, bytes) in contents where !name.hasSuffix(".gz") {
            files[name] = WebFile(name: name, bytes, compressed: contents[name + ".gz"])
        }
        self.files = files
        let names = files.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        hash = WebFile.tag(of: names.flatMap { Array("\($0)\0\($1.tag)\n".utf8) })
    }

    private static func read(
        _ folder: String, prefix: String, depth: Int, _ contents: inout [String: [UInt8]], _ bytes: inout Int
    ) throws(Failure) {
        guard depth <= mostFolders else { throw Failure(description: "\(folder) is nested too deep") }
        do throws(SystemCallError) {
            _ = try Folder(folder)
        } catch {
            guard error.isMissing else { throw Failure(description: error.description) }
            throw Failure(description: "the folder \(folder) does not exist", isMissing: true)
        }
        for name in File.names(in: FilePath(folder)) {
            guard let name = String(validating: name.bytes, as: UTF8.self), !name.hasPrefix(".") else { continue }
            let path = "\(folder)/\(name)"
            do throws(SystemCallError) {
                let file = try OpenFile(path)
                switch try file.status().st_mode & S_IFMT {
                case S_IFREG:
                    let content = try file.contents(limit: mostBytes)
                    bytes += content.count
                    contents[prefix + name] = content
                case S_IFDIR: break
                default: continue
                }
            } catch {
                throw Failure(description: error.description)
            }
            guard contents.count <= mostFiles else {
                throw Failure(description: "the folder has more than \(mostFiles) files")
            }
            guard bytes <= mostBytes else {
                throw Failure(description: "the files of the folder have more than \(mostBytes) bytes")
            }
            guard contents[prefix + name] == nil else { continue }
            try read(path, prefix: "\(prefix)\(name)/", depth: depth + 1, &contents, &bytes)
        }
    }
}
