import Files
import Glibc
import TestSupport
import Testing

@Suite("A path")
struct FilePathTests {
    /// A folder with a file whose name is not UTF-8.
    private func folder() throws -> (TemporaryFolder, FilePath) {
        let folder = try TemporaryFolder()
        let path = FilePath(folder.path.utf8 + [UInt8(ascii: "/"), UInt8(ascii: "a"), 0xE9])
        let descriptor = path.withCString { open($0, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) }
        try #require(descriptor >= 0)
        #expect(write(descriptor, "text", 4) == 4)
        close(descriptor)
        return (folder, path)
    }

    @Test("names the file that the kernel means, whatever its bytes are")
    func bytes() throws {
        let (folder, path) = try folder()
        let name = try #require(File.names(in: FilePath(folder.path)).first)
        #expect(name.bytes == [UInt8(ascii: "a"), 0xE9])
        #expect("\(FilePath(folder.path))/\(name)" == path)
        #expect(File.exists(path))
        #expect(try OpenFile(path).contents(limit: 10) == Array("text".utf8))
        #expect(File.realPath(path)?.name == name)
        let link = FilePath(folder.path) + "/link"
        #expect(link.withCString { link in path.withCString { symlink($0, link) } } == 0)
        #expect(File.link(link) == path)
        #expect(unlink(link.text) == 0)
        #expect(path.withCString { unlink($0) } == 0)
    }

    @Test(
        "is shown with each byte that is not UTF-8 as a percent sign and two digits",
        arguments: [
            ([0x61, 0xE9], "a%E9"), ([0x63, 0xC3, 0xA9], "cé"), ([0xC3, 0xA9, 0xFF], "é%FF"), ([0x0A, 0x80], "\n%80"),
            // Overlong forms, surrogates, and a character that ends too early.
            ([0xC0, 0xAF], "%C0%AF"), ([0xED, 0xA0, 0x80], "%ED%A0%80"), ([0xE2, 0x82], "%E2%82"), ([], ""),
        ] as [([UInt8], String)])
    func text(bytes: [UInt8], text: String) { #expect(FilePath(bytes).text == text) }

    @Test("is taken apart at its slashes")
    func parts() {
        let path: FilePath = "/sys/class/net"
        #expect(path.parts == ["sys", "class", "net"])
        #expect(path.name == "net" && path.folder == "/sys/class")
        #expect(FilePath("/sys").folder == "/" && FilePath("sys").folder == nil && FilePath("/").name == "")
        #expect(path.hasPrefix("/sys/") && path.hasSuffix("/net") && !path.hasSuffix("/sys/class/net/"))
        #expect(path.dropFirst(4) == "/class/net" && path.dropLast(4) == "/sys/class")
    }

    @Test("of a folder or of a link to one is told from that of a plain file")
    func folders() throws {
        let folder = try TemporaryFolder()
        #expect(mkdir(folder.path + "/folder", 0o700) == 0)
        #expect(symlink("folder", folder.path + "/link") == 0)
        try File.replace(folder.path + "/file", with: [], mode: 0o600)
        #expect(File.names(in: FilePath(folder.path), .folders).sorted() == ["folder", "link"])
        #expect(File.names(in: FilePath(folder.path)).count == 3)
    }
}
