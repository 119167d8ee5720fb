internal import Files
internal import Glibc

/// *A change of several files, all or nothing.*
///
/// The new files are written into the folder `.new`, which then gets the name `.commit`: this is the moment at which the
/// change is made. From there each file is moved to its place. A process that finds `.commit` moves what is still in it, so
/// a change that a loss of power has interrupted is completed. A folder `.new` is only a rest, and is removed.
enum Commit {
    /// What a change consists of.
    package enum Step: String, CaseIterable, Sendable {
        /// The new files are written.
        case written
        /// The change is made.
        case decided
        /// The first file is in its place.
        case firstMoved
        /// All files are in their places.
        case moved
    }

    /// A file of the folder.
    enum Name: String, CaseIterable {
        // Keys are moved before their certificates: a certificate without its key is of no use.
        case authorityKey = "ca.key"
        case authority = "ca.pem"
        case key = "certificate.key"
        case certificate = "certificate.pem"

        var mode: UInt32 { self == .authorityKey || self == .key ? 0o600 : 0o644 }
    }

    static func newFolder(in folder: String) -> String { "\(folder)/.new" }
    private static func commitFolder(in folder: String) -> String { "\(folder)/.commit" }

    /// Completes or removes what an interrupted process has left.
    static func recover(in folder: String) throws(CertificateError) {
        if File.exists(commitFolder(in: folder)) { try move(in: folder) { (_) throws(CertificateError) in } }
        WorkFolder.remove(newFolder(in: folder))
    }

    /// Replaces files.
    static func replace(
        _ files: [Name: [UInt8]], in folder: String, _ checkpoint: (Step) throws(CertificateError) -> Void
    ) throws(CertificateError) {
        let new = try WorkFolder(newFolder(in: folder))
        for (name, bytes) in files { try new.write(name.rawValue, bytes, mode: name.mode) }
        try accessing { () throws(SystemCallError) in try Folder(new.path).synchronize() }
        try checkpoint(.written)
        try accessing { () throws(SystemCallError) in
            let open = try Folder(folder)
            try open.rename(".new", to: ".commit")
            try open.synchronize()
        }
        try checkpoint(.decided)
        try move(in: folder, checkpoint)
        try checkpoint(.moved)
    }

    private static func move(
        in folder: String, _ checkpoint: (Step) throws(CertificateError) -> Void
    ) throws(CertificateError) {
        let commit = commitFolder(in: folder)
        var isFirst = true
        for name in Name.allCases where File.exists("\(commit)/\(name.rawValue)") {
            guard rename("\(commit)/\(name.rawValue)", "\(folder)/\(name.rawValue)") == 0 else {
                throw CertificateError(.inaccessible, "\(SystemCallError("rename", "\(folder)/\(name.rawValue)"))")
            }
            if isFirst { try checkpoint(.firstMoved) }
            isFirst = false
        }
        // The names in the folder are on the disk before those in `.commit` are gone for good.
        try accessing { () throws(SystemCallError) in try Folder(folder).synchronize() }
        WorkFolder.remove(commit)
        try accessing { () throws(SystemCallError) in try Folder(folder).synchronize() }
    }
}
