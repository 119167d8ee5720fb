import Glibc
import JetProtocol
import NIOCore
import Testing

@testable import JetDaemon

/// A client of HTTP that writes and reads bytes.
final class HTTPClient {
    let raw: RawPeer

    init(_ daemon: TestDaemon, receiveBuffer: Int32? = nil) throws {
        raw = try RawPeer(daemon.webSocket, receiveBuffer: receiveBuffer)
    }

    init(over raw: RawPeer) { self.raw = raw }

    struct Response {
        /// Status line and headers, in lines.
        let head: [String]
        let body: String

        var status: Int { Int(head[0].split(separator: " ")[1]) ?? 0 }

        subscript(_ name: String) -> String? {
            head.dropFirst().first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }
                .map { String($0.dropFirst(name.count + 2)) }
        }
    }

    func write(_ text: String) throws { try raw.write(Array(text.utf8)) }

    /// The text of a request.
    static func request(_ line: String, _ headers: String...) -> String {
        (["\(line) HTTP/1.1", "Host: localhost"] + headers).joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Reads a response.
    ///
    /// - Parameter isHead: Whether it has no body.
    func response(isHead: Bool = false) throws -> Response {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) { bytes += try raw.read(1) }
        let text = String(decoding: bytes, as: UTF8.self)
        let head = text.split(separator: "\r\n").map(String.init)
        let length = Response(head: head, body: "")["content-length"].flatMap { Int($0) } ?? 0
        let body = isHead ? [] : try raw.read(length)
        return Response(head: head, body: String(decoding: body, as: UTF8.self))
    }

    /// Sends a request and reads the response.
    func ask(_ line: String, _ headers: String...) throws -> Response {
        try write((["\(line) HTTP/1.1", "Host: localhost"] + headers).joined(separator: "\r\n") + "\r\n\r\n")
        return try response(isHead: line.hasPrefix("HEAD"))
    }

    /// The daemon closes the connection, and sends nothing more.
    func expectEnd() throws {
        let isAtEnd = try raw.isAtEnd()
        #expect(isAtEnd)
    }
}

extension TestDaemon {
    /// Changes the server on the event loop.
    func withServer(_ body: @escaping @Sendable (HTTPServer) -> Void) throws {
        let hub = daemon.hub
        try daemon.eventLoop.submit { if let server = hub.value?.http { body(server) } }.wait()
    }
}

/// A folder with a page.
struct PageFolder {
    let path: String

    static let index = #"<link href="/radar/current/a.css"><script src="/radar/current/b/c.js"></script>"#
    static let script = "export const c = 1\n"
    /// `script`, compressed by gzip(1) with the options -9 -n.
    static let compressed: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4B, 0xAD, 0x28, 0xC8, 0x2F, 0x2A,
        0x51, 0x48, 0xCE, 0xCF, 0x2B, 0x06, 0x92, 0x0A, 0xB6, 0x0A, 0x86, 0x5C, 0x00, 0x16, 0xB7, 0x2D,
        0x42, 0x13, 0x00, 0x00, 0x00,
    ]

    /// Makes a page of a few files in a new folder.
    init(in folder: String) throws {
        path = "\(folder)/page"
        mkdir(path, 0o755)
        mkdir("\(path)/b", 0o755)
        try write("index.html", Self.index)
        try write("a.css", "a { color: red }\n")
        try write("b/c.js", Self.script)
        try write("b/c.js.gz", Self.compressed)
        try write("jet.js", "export const jet = 2\n")
    }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RawPeer.Failure.system(errno) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw RawPeer.Failure.system(errno) }
    }

    /// Runs a daemon that serves a page.
    static func serve(
        _ adjust: @escaping @Sendable (inout DaemonConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (TestDaemon, PageFolder) throws -> Void
    ) async throws {
        try await withFolder { folder in
            let page = try PageFolder(in: folder)
            try await withDaemon({
                $0.webFolders.page = page.path
                adjust(&$0)
            }) { try body($0, page) }
        }
    }
}
