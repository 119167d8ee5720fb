import Glibc
import JetProtocol
import NIOCore
import NIOHTTP1
import Testing

@testable import JetDaemon

/// The files that the daemon serves: which are read, and when.
@Suite("HTTP: files", .timeLimit(.minutes(5)))
struct WebFilesTests {
    private func withPage(_ body: (PageFolder) throws -> Void) async throws {
        try await withFolder { try body(PageFolder(in: $0)) }
    }

    // MARK: Reading

    @Test("links are followed, also those to folders; hidden files and what is no file are not served")
    func links() async throws {
        try await withPage { page in
            symlink("a.css", "\(page.path)/link.css")
            symlink("b", "\(page.path)/folder")
            try page.write(".secret", "x")
            mkfifo("\(page.path)/pipe", 0o644)
            let folder = try WebFolder(page.path)
            #expect(
                folder.files.keys.sorted()
                    == ["a.css", "b/c.js", "folder/c.js", "index.html", "jet.js", "link.css"])
        }
    }

    @Test("a folder that is too large, or cannot be read, is refused whole")
    func bounds() async throws {
        try await withPage { page in
            symlink(".", "\(page.path)/loop")
            #expect(throws: WebFolder.Failure.self) { try WebFolder(page.path) }
            unlink("\(page.path)/loop")
            symlink("nowhere", "\(page.path)/x.js")
            #expect(throws: WebFolder.Failure.self) { try WebFolder(page.path) }
            unlink("\(page.path)/x.js")
            try page.write("large", [UInt8](repeating: 0, count: WebFolder.mostBytes - 10))
            #expect(throws: WebFolder.Failure.self) { try WebFolder(page.path) }
            try page.write("large", "")
            for number in 0..<WebFolder.mostFiles { try page.write("\(number)", "") }
            #expect(throws: WebFolder.Failure.self) { try WebFolder(page.path) }
        }
        #expect(throws: WebFolder.Failure.self) { try WebFolder("/dev/null") }
    }

    @Test("the hash is another one when a file has other contents, or another name")
    func hash() async throws {
        try await withPage { page in
            let hash = try WebFolder(page.path).hash
            #expect(try WebFolder(page.path).hash == hash)
            rename("\(page.path)/a.css", "\(page.path)/d.css")
            let renamed = try WebFolder(page.path).hash
            try page.write("b/c.js", "export const c = 2\n")
            let changed = try WebFolder(page.path).hash
            #expect(Set([hash, renamed, changed]).count == 3)
        }
    }

    @Test("a compressed file that is not of the present contents is not sent")
    func staleCompression() async throws {
        try await withPage { page in
            #expect(try WebFolder(page.path).files["b/c.js"]?.compressed == ByteBuffer(bytes: PageFolder.compressed))
            try page.write("b/c.js", "export const c = 3\n")
            try page.write("a.css.gz", "no gzip")
            try page.write("jet.js.gz", Array(PageFolder.compressed.dropLast()))
            let files = try WebFolder(page.path).files
            #expect(files.values.allSatisfy { $0.compressed == nil })
        }
    }

    @Test("the library comes from its folder, else from that of the page")
    func library() async throws {
        try await withPage { page in
            var folders = DaemonConfiguration.WebFolders()
            folders.library = ["\(page.path)/b"]
            #expect(WebFiles(folders) { _ in }.library.isEmpty)
            folders.page = page.path
            try page.write("b/jet.d.ts", "types")
            var files = WebFiles(folders) { _ in }
            #expect(files.library["jet.js"]?.plain == ByteBuffer(string: "export const jet = 2\n"))
            #expect(files.library["jet.d.ts"]?.plain == ByteBuffer(string: "types"))
            try page.write("b/jet.js", "other")
            files = WebFiles(folders) { _ in }
            #expect(files.library["jet.js"]?.plain == ByteBuffer(string: "other"))
        }
    }

    @Test("what cannot be read is reported, but not a folder that may be missing")
    func reports() async throws {
        try await withPage { page in
            var reports: [String] = []
            var folders = DaemonConfiguration.WebFolders()
            folders.page = "/nowhere"
            _ = WebFiles(folders) { reports.append($0) }
            #expect(reports == ["the folder /nowhere does not exist"])
            folders.pageMayBeMissing = true
            _ = WebFiles(folders) { reports.append($0) }
            #expect(reports.count == 1)
            folders.page = "\(page.path)/b"
            _ = WebFiles(folders) { reports.append($0) }
            #expect(reports.last == "the folder \(page.path)/b has no file index.html")
        }
    }

    // MARK: Choice of the encoding

    @Test(
        "gzip is sent to clients that accept it and do not prefer the file as it is",
        arguments: [
            (nil, false), ("gzip", true), ("GZIP", true), ("x-gzip", true), ("deflate, br", false), ("gzip;q=0", false),
            ("br;q=1.0, gzip;q=0.8, *;q=0.1", true), ("*", true), ("*;q=0", false), ("identity, gzip;q=0.5", false),
            ("identity;q=0.5, gzip ; q=0.6", true), ("gzip;q=x", false), ("*, gzip;q=0", false), ("", false),
        ])
    func acceptEncoding(value: String?, isAccepted: Bool) {
        let headers = HTTPHeaders(value.map { [("Accept-Encoding", $0)] } ?? [])
        #expect(WebFile.acceptsGzip(headers) == isAccepted)
    }

    // MARK: Reload

    @Test("a reload replaces all files at once; the addresses of the former ones lead to the present ones")
    func reload() async throws {
        try await PageFolder.serve { daemon, page in
            let client = try HTTPClient(daemon)
            let before = try client.ask("GET /")
            let former = try WebFolder(page.path).hash
            try page.write("a.css", "a { color: blue }\n")
            #expect(try client.ask("GET /radar/\(former)/a.css").body == "a { color: red }\n", "until it is read again")
            try block { try await daemon.daemon.reload() }
            let present = try WebFolder(page.path).hash
            let after = try client.ask("GET /")
            #expect(before.body.contains("/radar/\(former)/a.css"))
            #expect(after.body.contains("/radar/\(present)/a.css"))
            #expect(before["etag"] != after["etag"])
            let kept = try client.ask("GET /radar/\(former)/a.css")
            #expect(kept.body == "a { color: blue }\n")
            #expect(kept["cache-control"] == "no-cache")
            #expect(try client.ask("GET /radar/\(present)/a.css")["cache-control"]?.contains("immutable") == true)
        }
    }

    @Test("files that cannot be read at a reload are logged, and the former ones stay")
    func failedReload() async throws {
        let log = LogTests.Log()
        try await withFolder { folder in
            let page = try PageFolder(in: folder)
            try await withDaemon({ $0.webFolders.page = page.path }, logger: log.logger) { daemon in
                rename("\(page.path)/index.html", "\(page.path)/x.html")
                try block { try await daemon.daemon.reload() }
                #expect(log.all(.pageNotRead).count == 1)
                let kept = try HTTPClient(daemon).ask("GET /").body
                #expect(kept.contains("/a.css"))
                var configuration = DaemonConfiguration(listeners: [])
                configuration.webFolders.page = nil
                let changed = configuration
                try block { try await daemon.daemon.reload(changed) }
                let line = try HTTPClient(daemon).ask("GET /").body
                #expect(line.contains("a Jet daemon"), "the page is turned off")
            }
        }
    }

    // MARK: The bus meanwhile

    @Test("peers are served while many clients load large files, and do not read them")
    func downloads() async throws {
        try await PageFolder.serve { daemon, page in
            let size = 2 << 20
            try page.write("large.js", [UInt8](repeating: UInt8(ascii: "x"), count: size))
            try block { try await daemon.daemon.reload() }
            let peer = try RawPeer(daemon.unix)
            let clients = try (0..<50).map { _ in try HTTPClient(daemon, receiveBuffer: 4096) }
            for client in clients { try client.write(HTTPClient.request("GET /radar/x/large.js")) }
            for number in 0..<200 {
                #expect(try peer.ask(#"{"id":\#(number),"method":"echo"}"#) == #"{"id":\#(number),"result":true}"#)
            }
            for client in clients { #expect(try client.response().body.utf8.count == size) }
        }
    }
}
