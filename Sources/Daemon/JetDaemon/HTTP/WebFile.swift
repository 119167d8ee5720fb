import Digests
import NIOCore
import NIOHTTP1

/// A file that is served: its bytes, which all responses share, and what its headers say.
struct WebFile: Sendable {
    /// The media type, by the end of the name.
    let type: String
    let plain: ByteBuffer
    /// The same, compressed with gzip; `nil` if no such file is beside it.
    let compressed: ByteBuffer?
    /// The beginning of the hash of the bytes, 16 hexadecimal digits.
    let tag: String

    /// - Parameter compressed: The file compressed with gzip, which is ignored if it is of other bytes.
    init(name: String, _ bytes: [UInt8], compressed: [UInt8]? = nil) {
        type = Self.type(of: name)
        plain = ByteBuffer(bytes: bytes)
        self.compressed = compressed.flatMap { Gzip.contains($0, bytes) ? ByteBuffer(bytes: $0) : nil }
        tag = Self.tag(of: bytes)
    }

    /// The first 16 digits of the SHA-256 hash.
    static func tag(of bytes: [UInt8]) -> String {
        SHA256.hash(of: bytes).prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "txt", "md", "ts": "text/plain; charset=utf-8"
        case "json", "map": "application/json"
        case "webmanifest": "application/manifest+json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        default: "application/octet-stream"
        }
    }
}

// MARK: - Responses

extension WebFile {
    /// How long a browser may keep a file without asking again.
    enum Caching: String {
        /// It asks each time, and gets 304 if the file is the same.
        case asks = "no-cache"
        /// For ever: the address changes with the file.
        case keeps = "public, max-age=31536000, immutable"
    }

    /// The response to a request for the file.
    func response(to request: HTTPRequest, _ caching: Caching) -> HTTPResponse {
        let encoded = compressed.flatMap { Self.acceptsGzip(request.headers) ? $0 : nil }
        // Each encoding has a tag of its own (RFC 9110, section 8.8.3.3).
        let tag = encoded == nil ? "\"\(tag)\"" : "\"\(tag)-gzip\""
        var headers = [("ETag", tag), ("Cache-Control", caching.rawValue)]
        if compressed != nil { headers.append(("Vary", "Accept-Encoding")) }
        if Self.matches(request.headers, tag) { return HTTPResponse(.notModified, headers: headers) }
        if encoded != nil { headers.append(("Content-Encoding", "gzip")) }
        return HTTPResponse(.ok, type: type, body: encoded ?? plain, headers: headers)
    }

    /// Whether `If-None-Match` has a tag, or `*`.
    private static func matches(_ headers: HTTPHeaders, _ tag: String) -> Bool {
        headers[canonicalForm: "if-none-match"].contains {
            $0 == "*" || $0 == tag || $0.dropFirst(2) == tag && $0.hasPrefix("W/")
        }
    }

    /// Whether `Accept-Encoding` allows gzip, and does not prefer the file as it is.
    static func acceptsGzip(_ headers: HTTPHeaders) -> Bool {
        var (gzip, any, identity) = (nil as Double?, nil as Double?, 0.0)
        for element in headers[canonicalForm: "accept-encoding"] {
            let parts = element.split(separator: ";").map(trimmed)
            let parameter = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }
            let quality = parameter.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            switch parts.first?.lowercased() {
            case "gzip", "x-gzip": gzip = quality
            case "*": any = quality
            case "identity": identity = quality
            default: break
            }
        }
        let quality = gzip ?? any ?? 0
        return quality > 0 && quality >= identity
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}

/// Files compressed with gzip (RFC 1952). They are made when the package is built; here they are only checked.
enum Gzip {
    /// Whether some bytes seem to be these, compressed: it compares the checksum and the length at the end.
    static func contains(_ compressed: [UInt8], _ bytes: [UInt8]) -> Bool {
        guard compressed.count >= 18, compressed.starts(with: [0x1F, 0x8B, 8]) else { return false }
        let ends = [checksum(of: bytes), UInt32(truncatingIfNeeded: bytes.count)].flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        return compressed.suffix(8).elementsEqual(ends)
    }

    /// CRC-32 (RFC 1952, section 8).
    private static func checksum(of bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { word, _ in word & 1 == 1 ? 0xEDB8_8320 ^ word >> 1 : word >> 1 }
    }
}
