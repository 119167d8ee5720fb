import Glibc
import JetUsers
import Testing

/// The users file on the disk: it is changed so that the old one or the new one is there, whatever happens.
@Suite("Users files: reading and changing")
struct UserFileTests {
    /// A folder for one test.
    final class Folder {
        let path: String

        init() throws {
            var template = Array("/tmp/jet-users-XXXXXX".utf8CString)
            try #require(mkdtemp(&template) != nil)
            path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }

        deinit {
            for name in names() { unlink("\(path)/\(name)") }
            rmdir(path)
        }

        /// What is in it.
        func names() -> [String] {
            guard let folder = opendir(path) else { return [] }
            defer { closedir(folder) }
            var names: [String] = []
            while let entry = readdir(folder) {
                names.append(
                    withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                )
            }
            return names.filter { $0 != "." && $0 != ".." }.sorted()
        }

        func write(_ text: String, to name: String, mode: mode_t = 0o640) {
            let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode)
            _ = Glibc.write(descriptor, text, text.utf8.count)
            fchmod(descriptor, mode)
            close(descriptor)
        }

        func status(_ name: String) -> stat {
            var status = stat()
            lstat("\(path)/\(name)", &status)
            return status
        }
    }

    let folder: Folder
    let file: UserFile

    init() throws {
        folder = try Folder()
        file = UserFile("\(folder.path)/users.json")
    }

    @Test("a new file is made for its owner alone, and only if that is wanted")
    func new() throws {
        #expect(throws: UserFileError.self) { try file.update { $0["a"] = User(hash: "h") } }
        #expect(folder.names() == [])
        try file.update(creating: true) { $0["a"] = User(hash: "h") }
        #expect(try file.read()["a"]?.hash == "h")
        #expect(folder.status("users.json").st_mode & 0o7777 == 0o600)
        #expect(folder.names() == ["users.json"])
    }

    @Test(
        "a new file that root makes belongs to whom its folder belongs: the daemon can read and change it",
        .enabled("needs root") { geteuid() == 0 })
    func newByRoot() throws {
        chown(folder.path, 1, 2)
        try file.update(creating: true) { $0["a"] = User(hash: "h") }
        let status = folder.status("users.json")
        #expect((status.st_uid, status.st_gid) == (1, 2))
        #expect(status.st_mode & 0o7777 == 0o600)
    }

    @Test("a changed file keeps mode and owner, and is another file: who reads the old one reads on")
    func changed() throws {
        folder.write(#"{"users":{}}"#, to: "users.json", mode: 0o640)
        let isRoot = geteuid() == 0
        if isRoot { chown(file.path, 1, 2) }
        let before = folder.status("users.json")
        let reader = open(file.path, O_RDONLY)
        defer { close(reader) }
        try file.update { $0["a"] = User(hash: "h") }
        let after = folder.status("users.json")
        #expect(after.st_mode == before.st_mode)
        #expect((after.st_uid, after.st_gid) == (before.st_uid, before.st_gid))
        #expect(after.st_ino != before.st_ino)
        var old = [CChar](repeating: 0, count: 100)
        #expect(read(reader, &old, 99) == 12)
    }

    @Test("a link stays one, and what it points to is changed")
    func link() throws {
        folder.write(#"{"users":{}}"#, to: "real.json")
        symlink("real.json", file.path)
        try file.update { $0["a"] = User(hash: "h") }
        #expect(folder.status("users.json").st_mode & S_IFMT == S_IFLNK)
        #expect(try UserFile("\(folder.path)/real.json").read()["a"]?.hash == "h")
        #expect(folder.names() == ["real.json", "users.json"])
    }

    @Test("a change that fails leaves the file as it was, and nothing beside it")
    func failedChange() throws {
        struct Mistake: Error {}
        folder.write(#"{"users":{"a":{}}}"#, to: "users.json")
        #expect(throws: Mistake.self) {
            try file.update { users throws(Mistake) in
                users["a"] = nil
                throw Mistake()
            }
        }
        #expect(try file.read()["a"] != nil)
        #expect(folder.names() == ["users.json"])
    }

    @Test("a disk that is full leaves the old file, and nothing beside it")
    func fullDisk() async throws {
        folder.write(#"{"users":{"a":{}}}"#, to: "users.json")
        // What a process may write is limited, as on a full disk; in a child, since the limit is the whole process's.
        await #expect(processExitsWith: .success) { [path = file.path as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 100, rlim_max: 100)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            do {
                try UserFile(path).update { $0["b"] = User(hash: String(repeating: "h", count: 500)) }
                exit(1)
            } catch {
                exit("\(error)".contains("cannot be written: File too large") ? 0 : 2)
            }
        }
        #expect(try file.read().names == ["a"])
        #expect(folder.names() == ["users.json"])
    }

    @Test("many who change it at once, change it one after the other: no change is lost")
    func concurrent() async throws {
        folder.write(#"{"users":{}}"#, to: "users.json")
        let file = file
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask { try file.update { $0["user \(number)"] = User(hash: "h") } }
            }
            try await group.waitForAll()
        }
        #expect(try file.read().names.count == 40)
        #expect(folder.names() == ["users.json"])
    }

    @Test("what is wrong with the file is said in one line, with its path")
    func wrong() throws {
        folder.write(#"{"users":{"john":3}}"#, to: "users.json")
        let error = #expect(throws: UserFileError.self) { try file.read() }
        #expect(error?.description == "the users file \(file.path) is not right: users.john: expected an object")
        let missing = #expect(throws: UserFileError.self) { try UserFile("/nowhere/users.json").read() }
        #expect(
            missing?.description == "the users file /nowhere/users.json cannot be opened: No such file or directory")
        #expect(throws: UserFileError.self) { try UserFile(folder.path).read() }
        #expect(throws: UserFileError.self) { try UserFile("/dev/zero").read() }
    }
}
