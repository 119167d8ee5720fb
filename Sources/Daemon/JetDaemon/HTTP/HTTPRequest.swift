import JetProtocol
import NIOCore
import NIOHTTP1

/// A request of HTTP, complete with its body.
struct HTTPRequest {
    let method: HTTPMethod
    /// The parts of the path between its slashes, decoded. The last one is empty if the path ends with a slash, and that of
    /// `/` is the only one.
    let segments: [String]
    /// What follows the first `?` of the target, as it was sent; `nil` without one.
    let query: String?
    let headers: HTTPHeaders
    /// Who asks, as far as the system or a gateway knows.
    let identity: PeerIdentity
    /// The body; empty if there is none.
    var body = ByteBuffer()

    /// Why a request cannot be understood.
    enum Malformed: Error { case target, escape, host, coding }

    /// Examines the head of a request.
    init(_ head: HTTPRequestHead, identity: PeerIdentity) throws(Malformed) {
        method = head.method
        headers = head.headers
        self.identity = identity
        // RFC 9112, section 3.2: exactly one, and a client of HTTP/1.0 may have none.
        let hosts = head.headers["host"].count
        guard hosts == 1 || hosts == 0 && head.version == .http1_0 else { throw .host }
        // RFC 9112, section 6.1: a proxy might find another end of the body.
        let codings = head.headers[canonicalForm: "transfer-encoding"]
        guard codings.isEmpty || head.version != .http1_0 && codings.count == 1 && codings[0].lowercased() == "chunked"
        else { throw .coding }
        let target = Self.originForm(head.uri)
        guard target.first == "/" else { throw .target }
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        query = mark.map { String(target[target.utf8.index(after: $0)...]) }
        segments = try target[..<(mark ?? target.endIndex)].dropFirst()
            .utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { segment throws(Malformed) in
                guard let text = PercentEncoding.decode(segment) else { throw .escape }
                return text
            }
    }

    /// A handshake of WebSocket, for which any path will do.
    init(handshake head: HTTPRequestHead, identity: PeerIdentity) {
        (method, headers, self.identity) = (head.method, head.headers, identity)
        (segments, query) = ([], nil)
    }

    /// The path and the query of a target that may be a whole URL, as proxies send it.
    private static func originForm(_ target: String) -> Substring {
        guard let scheme = ["http://", "https://"].first(where: { target.lowercased().hasPrefix($0) }) else {
            return target[...]
        }
        let rest = target.dropFirst(scheme.count)
        return rest.firstIndex { $0 == "/" || $0 == "?" }.map { rest[$0] == "/" ? rest[$0...] : "/" + rest[$0...] }
            ?? "/"
    }
}

/// The escapes `%2F` of URLs (RFC 3986, section 2.1).
enum PercentEncoding {
    /// The text that some bytes of a URL stand for; `nil` if an escape is incomplete, or the result is not UTF-8.
    ///
    /// - Parameter plusIsSpace: Whether `+` stands for a space, as in the query of a form.
    static func decode(_ bytes: some Sequence<UInt8>, plusIsSpace: Bool = false) -> String? {
        var text: [UInt8] = []
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit) else {
                    return nil
                }
                text.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: text.append(UInt8(ascii: " "))
            default: text.append(byte)
            }
        }
        return String(validating: text, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
