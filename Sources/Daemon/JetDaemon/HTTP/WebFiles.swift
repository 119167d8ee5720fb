import Files
import NIOCore
import NIOHTTP1

/// The files that the web port serves: the page Radar, and `jet.js`, the library for pages of others. They are read when the
/// daemon starts, and at each reload.
struct WebFiles: Sendable {
    /// The page.
    struct Page: Sendable {
        let folder: WebFolder
        /// `index.html`, in which the addresses of the other files have the hash of the folder.
        let index: WebFile

        /// - Throws: `WebFolder.Failure` if the folder cannot be read, or has no `index.html`.
        init(_ path: String) throws(WebFolder.Failure) {
            folder = try WebFolder(path)
            guard let index = folder.files["index.html"] else {
                throw WebFolder.Failure(description: "the folder \(path) has no file index.html")
            }
            self.index = WebFile(name: "index.html", Self.naming(folder.hash, in: index.plain.readableBytesView))
        }

        /// A text in which `/radar/current/` is replaced by the address with a hash.
        private static func naming(_ hash: String, in text: ByteBufferView) -> [UInt8] {
            let (present, named) = ("/radar/current/".utf8, "/radar/\(hash)/".utf8)
            var (bytes, rest) = ([UInt8](), text)
            while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
                bytes += rest[..<slash]
                let isPresent = rest[slash...].starts(with: present)
                bytes += isPresent ? Array(named) : [UInt8(ascii: "/")]
                rest = rest[(slash + (isPresent ? present.count : 1))...]
            }
            return bytes + rest
        }
    }

    /// The page; `nil` if there is none.
    private(set) var page: Page?
    /// Why there is no page; `nil` if none is configured.
    private(set) var absence: String?
    /// `jet.js` and `jet.d.ts`, as far as they exist.
    private(set) var library: [String: WebFile] = [:]

    /// The addresses of the library.
    static let libraryNames = ["jet.js", "jet.d.ts"]

    /// No files.
    init() {}

    /// Reads the folders.
    ///
    /// - Parameter report: Receives what is wrong, if it is.
    init(_ folders: DaemonConfiguration.WebFolders, _ report: (String) -> Void) {
        if let path = folders.page {
            do throws(WebFolder.Failure) {
                page = try Page(path)
            } catch {
                absence = error.description
                if !error.isMissing || !folders.pageMayBeMissing { report(error.description) }
            }
        }
        for name in Self.libraryNames {
            library[name] = page?.folder.files[name]
            for folder in folders.library.reversed() {
                if let file = Self.read("\(folder)/\(name)", report) { library[name] = file }
            }
        }
    }

    private static func read(_ path: String, _ report: (String) -> Void) -> WebFile? {
        do throws(SystemCallError) {
            let bytes = try File.contents(path, limit: WebFolder.mostBytes)
            let compressed = try? File.contents(path + ".gz", limit: WebFolder.mostBytes)
            return WebFile(name: path, bytes, compressed: compressed)
        } catch {
            if !error.isMissing { report(error.description) }
            return nil
        }
    }

    /// These files, or, if the page could not be read, the former ones.
    func keeping(_ former: WebFiles) -> WebFiles {
        guard page == nil, absence != nil, former.page != nil else { return self }
        return former
    }
}

// MARK: - Routes

extension HTTPRoutes {
    /// The page, its files, and the library. They are for everybody: who has not logged in needs them to do so.
    mutating func addFiles() {
        add("/", HTTPRoute(needsKnownHost: false) { $1.send($2.http.files.index($0, $2)) })
        add(
            below: "/radar",
            HTTPRoute(needsKnownHost: false) { request, answer, hub in
                answer.send(hub.http.files.file(request))
            })
        for name in WebFiles.libraryNames {
            add("/\(name)", HTTPRoute(needsKnownHost: false) { $1.send($2.http.files.library(name, $0)) })
        }
    }
}

extension WebFiles {
    fileprivate func index(_ request: HTTPRequest, _ hub: Hub) -> HTTPResponse {
        if let page { return page.index.response(to: request, .asks) }
        var text = "\(hub.name): a Jet daemon. Peers connect here by WebSocket, subprotocol jet."
        if let absence { text += " There is no page: \(PeerLabel.printable(absence))." }
        return .text(.ok, text)
    }

    /// A file of the page. With another hash than the present one, such as an old one, it is the present file.
    fileprivate func file(_ request: HTTPRequest) -> HTTPResponse {
        let path = request.segments.dropFirst(2).joined(separator: "/")
        guard let page, let file = page.folder.files[path] else { return .text(.notFound, "not found") }
        return file.response(to: request, request.segments[1] == page.folder.hash ? .keeps : .asks)
    }

    fileprivate func library(_ name: String, _ request: HTTPRequest) -> HTTPResponse {
        guard let file = library[name] else { return .text(.notFound, "not found") }
        var response = file.response(to: request, .asks)
        response.headers.append(("Access-Control-Allow-Origin", "*"))
        response.isCrossOrigin = true
        return response
    }
}
