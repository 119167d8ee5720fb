import Files
import Glibc
import TestSupport
import Testing

extension TemporaryFolder {
    fileprivate func path(_ name: String) -> String { path + "/" + name }

    fileprivate func write(_ name: String, _ text: String) throws {
        try File.replace(path(name), with: Array(text.utf8), mode: 0o600)
    }

    fileprivate func text(_ name: String) throws -> String {
        String(decoding: try File.contents(path(name), limit: 1 << 20), as: UTF8.self)
    }
}

@Suite("A file")
struct FileTests {
    private func code(_ body: () throws -> Void) -> Int32? {
        do { try body() } catch { return (error as? SystemCallError)?.code }
        return nil
    }

    @Test("is read whole, whatever its length", arguments: [0, 1, 4095, 4096, 4097, 100_000])
    func whole(length: Int) throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        try File.replace(folder.path("a"), with: bytes, mode: 0o600)
        #expect(try File.contents(folder.path("a"), limit: length) == bytes)
        #expect(try File.contents(folder.path("a"), limit: .max) == bytes)
        #expect(try File.regularContents(folder.path("a"), limit: length) == bytes)
        #expect(try OpenFile(folder.path("a")).prefix(10) == Array(bytes.prefix(10)))
        #expect(try OpenFile(folder.path("a")).oneRead(1 << 20) == bytes)
        guard length > 0 else { return }
        #expect(code { _ = try File.contents(folder.path("a"), limit: length - 1) } == EFBIG)
    }

    @Test("of the kernel, whose size is 0, is read whole too")
    func procfs() throws {
        let text = String(decoding: try File.contents("/proc/self/status", limit: 1 << 20), as: UTF8.self)
        #expect(text.hasPrefix("Name:") && text.hasSuffix("\n"))
        #expect(code { _ = try File.contents("/dev/zero", limit: 1 << 16) } == EFBIG)
    }

    @Test("that cannot be read is an error with its path and the reason")
    func errors() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: SystemCallError.self) { try File.contents(folder.path("none"), limit: 1) }
        #expect(error?.isMissing == true)
        #expect(error?.description == "open \(folder.path)/none: No such file or directory")
        #expect(code { _ = try File.contents(folder.path, limit: 1) } == EISDIR)
    }

    @Test("that is a link, a FIFO or a folder is not a regular one, and reading it does not wait")
    func kinds() throws {
        let folder = try TemporaryFolder()
        try folder.write("a", "text")
        #expect(symlink("a", folder.path("link")) == 0)
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        #expect(try File.contents(folder.path("link"), limit: 10) == Array("text".utf8))
        #expect(code { _ = try File.regularContents(folder.path("link"), limit: 10) } == ELOOP)
        #expect(code { _ = try File.regularContents(folder.path("pipe"), limit: 10) } == EINVAL)
        #expect(code { _ = try File.regularContents(folder.path, limit: 10) } == EINVAL)
        #expect(try File.contents(folder.path("pipe"), limit: 10) == [])
        #expect(File.link(FilePath(folder.path("link"))) == "a")
        #expect(File.link(FilePath(folder.path("a"))) == nil)
        #expect(File.realPath(folder.path("link"))?.hasSuffix("/a") == true)
        #expect(File.names(in: FilePath(folder.path)).sorted() == ["a", "link", "pipe"])
        #expect(File.names(in: FilePath(folder.path("none"))) == [])
    }

    @Test("is replaced, not written to: a link to it is replaced, and its mode is the one that is asked for")
    func replacing() throws {
        let folder = try TemporaryFolder()
        try folder.write("a", "old")
        #expect(symlink("a", folder.path("link")) == 0)
        try File.replace(folder.path("link"), with: Array("new".utf8), mode: 0o644, isDurable: true)
        #expect(try folder.text("a") == "old")
        #expect(try folder.text("link") == "new")
        #expect(try OpenFile(folder.path("link"), followsLink: false).status().st_mode & 0o7777 == 0o644)
        #expect(File.names(in: FilePath(folder.path)).sorted() == ["a", "link"])
    }

    @Test("that cannot be replaced leaves nothing beside it")
    func notReplaced() throws {
        let folder = try TemporaryFolder()
        #expect(code { try File.replace(folder.path("none/a"), with: [], mode: 0o644) } == ENOENT)
        #expect(mkdir(folder.path("full"), 0o755) == 0)
        #expect(code { try File.replace(folder.path("full"), with: [], mode: 0o644) } == EISDIR)
        #expect(File.names(in: FilePath(folder.path)) == ["full"])
    }

    @Test("is created only where none is, and no link is followed")
    func creating() throws {
        let folder = try TemporaryFolder()
        #expect(symlink("elsewhere", folder.path("link")) == 0)
        let open = try Folder(folder.path)
        #expect(code { try open.create("link", [1], mode: 0o600, isDurable: false) } == EEXIST)
        try open.create("a", [1], mode: 0o640, isDurable: true)
        #expect(code { try open.create("a", [2], mode: 0o600, isDurable: false) } == EEXIST)
        try open.create("b", [2], mode: 0o600, isDurable: false)
        #expect(code { try open.rename("b", toFree: "a") } == EEXIST)
        try open.rename("b", toFree: "c")
        try open.rename("c", to: "a")
        #expect(try File.contents(folder.path("a"), limit: 1) == [2])
        #expect(File.names(in: FilePath(folder.path)).sorted() == ["a", "link"])
    }

    @Test("in a folder is reached without following links")
    func relative() throws {
        let folder = try TemporaryFolder()
        #expect(symlink(".", folder.path("here")) == 0)
        try folder.write("a", "text")
        #expect(symlink("a", folder.path("link")) == 0)
        let open = try Folder(folder.path)
        #expect(try open.file("a").contents(limit: 4) == Array("text".utf8))
        #expect(code { _ = try open.file("link").contents(limit: 4) } == ELOOP)
        #expect(code { _ = try open.folder("here").status() } == ENOTDIR)
        #expect(code { _ = try Folder(folder.path("here"), followsLink: false).status() } == ENOTDIR)
    }

    @Test("that is locked keeps others from locking it, until it is released")
    func locks() throws {
        let folder = try TemporaryFolder()
        let first = try FileLock(folder.path("lock"))
        #expect(try FileLock(ifFree: folder.path("lock")) == nil)
        #expect(try !OpenFile(folder.path("lock")).lock())
        first.release()
        let second = try #require(try FileLock(ifFree: folder.path("lock")))
        second.release()
        #expect(try OpenFile(folder.path("lock")).lock())
        #expect(symlink("lock", folder.path("link")) == 0)
        #expect(code { _ = try FileLock(folder.path("link")) } == ELOOP)
    }

    @Test(
        "has a folder and a name", arguments: [("/a/b", "/a", "b"), ("/a", "/", "a"), ("a", ".", "a"), ("a/", "a", "")])
    func paths(path: String, folder: String, name: String) {
        #expect(File.folder(of: path) == folder)
        #expect(File.name(of: path) == name)
    }
}
