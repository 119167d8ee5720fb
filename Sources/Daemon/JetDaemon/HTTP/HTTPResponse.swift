import NIOCore
import NIOHTTP1

/// A response of HTTP: what a route answers. The connection adds the length, the security headers, and whether it stays
/// open.
struct HTTPResponse {
    var status: HTTPResponseStatus
    /// The headers besides those that the connection adds. Line ends in them are replaced by spaces.
    var headers: [(name: String, value: String)]
    /// The body. It may be shared with other responses; it is not copied.
    var body: ByteBuffer
    /// Whether pages of other origins may use it: `Cross-Origin-Resource-Policy: cross-origin` in place of `same-origin`.
    var isCrossOrigin = false
    /// Called once, when the response is written or the connection has ended, so that what its body is charged to can be
    /// released.
    var whenWritten: (() -> Void)?

    /// A response with a body of this type; without a type, there is no body.
    init(
        _ status: HTTPResponseStatus, type: String? = nil, body: ByteBuffer = ByteBuffer(),
        headers: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.headers = type.map { [("Content-Type", $0)] + headers } ?? headers
        self.body = body
    }

    /// A response of plain text; a line end is added.
    static func text(
        _ status: HTTPResponseStatus, _ text: String, headers: [(name: String, value: String)] = []
    ) -> HTTPResponse {
        HTTPResponse(
            status, type: "text/plain; charset=utf-8", body: ByteBuffer(string: text + "\n"), headers: headers)
    }

    /// A response of JSON.
    static func json(
        _ status: HTTPResponseStatus, _ body: ByteBuffer, headers: [(name: String, value: String)] = []
    ) -> HTTPResponse {
        HTTPResponse(status, type: "application/json", body: body, headers: headers)
    }

    // MARK: Rendering

    /// What the head depends on besides the response.
    struct Surroundings {
        /// Whether the connection is closed after the response.
        var isLast = false
        /// Whether the client speaks HTTP/1.0, whose connections stay open only if the response says so.
        var isOldVersion = false
        /// Whether a browser trusts the origin: it came with TLS, or from this machine.
        var isTrustworthy = true
    }

    /// Status line and headers, with the empty line at the end.
    ///
    /// There is no `Date`: the clock of a device may be wrong, and caches would compute a wrong age from it.
    func head(_ surroundings: Surroundings) -> ByteBuffer {
        var text = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n"
        func add(_ name: String, _ value: String) {
            text += "\(Self.printable(name)): \(Self.printable(value))\r\n"
        }
        for (name, value) in headers { add(name, value) }
        if status.mayHaveBody { add("Content-Length", "\(body.readableBytes)") }
        if !headers.contains(where: { $0.name == "Cache-Control" }) { add("Cache-Control", "no-store") }
        for (name, value) in SecurityHeaders.all { add(name, value) }
        add("Cross-Origin-Resource-Policy", isCrossOrigin ? "cross-origin" : "same-origin")
        // Browsers complain about it on the console for an origin that they do not trust.
        if surroundings.isTrustworthy { add("Cross-Origin-Opener-Policy", "same-origin") }
        if surroundings.isLast {
            add("Connection", "close")
        } else if surroundings.isOldVersion {
            add("Connection", "keep-alive")
        }
        return ByteBuffer(string: text + "\r\n")
    }

    private static func printable(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
        return String(decoding: text.utf8.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }
}

extension HTTPResponseStatus {
    /// Whether a response of this status may have a body (RFC 9110, section 6.4.1).
    fileprivate var mayHaveBody: Bool { code >= 200 && code != 204 && code != 304 }
}

/// The headers that each response has, so that a browser restricts what the page can do. They are part of the interface in
/// jetd(8).
enum SecurityHeaders {
    static let all = [
        ("Content-Security-Policy", contentSecurityPolicy), ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        (
            "Permissions-Policy",
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
        ),
    ]

    private static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")
}
