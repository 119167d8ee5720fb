internal import Files
internal import Glibc

/// A folder for the files of one run of openssl, which only its owner can enter.
struct WorkFolder: ~Copyable {
    let path: String

    /// Creates one with this name. One that a former process has left is removed first.
    init(_ path: String) throws(CertificateError) {
        Self.remove(path)
        guard mkdir(path, 0o700) == 0 else {
            throw CertificateError(.inaccessible, "\(SystemCallError("mkdir", path))")
        }
        self.path = path
    }

    /// Creates one with a new name in the folder of `file`.
    init(beside file: String) throws(CertificateError) {
        var template = Array("\(File.folder(of: file))/.jet-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CertificateError(.inaccessible, "\(SystemCallError("mkdir", File.folder(of: file)))")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Creates a file in it, for its owner alone.
    func write(_ name: String, _ text: String) throws(CertificateError) {
        try write(name, Array(text.utf8), mode: 0o600)
    }

    /// Creates a file in it and waits until it is on the disk.
    func write(_ name: String, _ bytes: [UInt8], mode: UInt32) throws(CertificateError) {
        try accessing { () throws(SystemCallError) in
            let folder = try Folder(path, followsLink: false)
            folder.remove(name)
            try folder.create(name, bytes, mode: mode, isDurable: true)
        }
    }

    /// The contents of a file in it.
    func read(_ name: String) throws(CertificateError) -> [UInt8] {
        try accessing { () throws(SystemCallError) in
            try File.regularContents("\(path)/\(name)", limit: PEMFile.limit)
        }
    }

    /// Removes it.
    func remove() { Self.remove(path) }

    /// Removes a folder with the files in it, if it exists.
    static func remove(_ path: String) {
        for name in File.names(in: FilePath(path)) { File.remove("\(path)/\(name.text)") }
        rmdir(path)
    }
}

/// Does something with files; an error says which file and why.
func accessing<Result>(_ body: () throws(SystemCallError) -> Result) throws(CertificateError) -> Result {
    do throws(SystemCallError) {
        return try body()
    } catch {
        throw CertificateError(.inaccessible, "\(error)")
    }
}
