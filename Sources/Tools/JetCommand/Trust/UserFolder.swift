import Files
import Glibc

/// The folder with what `jet` keeps for a user: `$XDG_CONFIG_HOME/jet`. Only the user can read it.
struct UserFolder: Sendable {
    /// Its path.
    let path: String

    /// The folder at this path.
    init(_ path: String) { self.path = path }

    /// The folder of the user of this process.
    static var own: UserFolder {
        var environment: [String: String] = [:]
        for name in ["XDG_CONFIG_HOME", "HOME"] { environment[name] = getenv(name).map { String(cString: $0) } }
        return UserFolder(environment: environment, home: getpwuid(getuid()).map { String(cString: $0.pointee.pw_dir) })
    }

    /// The folder in this environment, for a user with this home.
    init(environment: [String: String], home: String?) {
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") {
            self.init(folder + "/jet")
        } else {
            let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home ?? "/"
            self.init((home == "/" ? "" : home) + "/.config/jet")
        }
    }

    /// The path of a file in it.
    func file(_ name: String) -> String { path + "/" + name }

    /// The longest file that is read, so that a wrong link cannot make `jet` read without end.
    private static var longest: Int { 4 << 20 }

    /// The contents of a file; `nil` if there is none.
    ///
    /// - Throws: `Failure` if it cannot be read.
    func contents(_ name: String) throws(Failure) -> [UInt8]? {
        do throws(SystemCallError) {
            return try File.contents(file(name), limit: Self.longest)
        } catch {
            // Who may not look into the folder has none.
            if error.isMissing || error.code == ENOTDIR { return nil }
            throw Failure(.usage, "Cannot read \(file(name)): \(error.reason).")
        }
    }

    /// Replaces a file, for the user alone, by what `change` makes of its contents. Other programs that do the same wait, so
    /// that no change is lost.
    ///
    /// - Parameters:
    ///   - name: The file.
    ///   - change: Returns the new contents; `nil` to leave the file as it is.
    /// - Throws: `Failure` if the file cannot be read or written; what `change` throws.
    func update(_ name: String, _ change: ([UInt8]?) throws -> [UInt8]?) throws {
        try locked {
            guard let new = try change(try contents(name)) else { return }
            try write(new, to: name)
        }
    }

    /// Calls `body` while no other program changes the folder.
    func locked<Result>(_ body: () throws -> Result) throws -> Result {
        try make()
        let lock: FileLock
        do throws(SystemCallError) {
            lock = try FileLock(file(".lock"))
        } catch {
            throw Failure(.refused, "Cannot write into \(path): \(error.reason).")
        }
        defer { lock.release() }
        return try body()
    }

    /// Replaces a file, for the user alone.
    func write(_ bytes: [UInt8], to name: String) throws(Failure) {
        do throws(SystemCallError) {
            try File.replace(file(name), with: bytes, mode: 0o600)
        } catch {
            throw Failure(.refused, "Cannot write \(file(name)): \(error.reason).")
        }
    }

    /// Makes the folder, and those above it, if there is none.
    func make() throws(Failure) {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            // What exists is not changed. The mode of folders above is that of the XDG specification.
            guard mkdir(made, 0o700) == 0 || errno == EEXIST || File.exists(made) else {
                throw Failure(.refused, "Cannot make the folder \(made): \(String(cString: strerror(errno))).")
            }
        }
    }

    /// Checks that only the user can read a file with a secret.
    ///
    /// - Throws: `Failure` if others can.
    func checkPrivate(_ name: String) throws(Failure) {
        var status = stat()
        guard stat(file(name), &status) == 0, status.st_mode & 0o077 != 0 else { return }
        throw Failure(
            .usage, "Other users can read \(file(name)), which has a secret.", advice: "Use: chmod 600 \(file(name))")
    }
}
