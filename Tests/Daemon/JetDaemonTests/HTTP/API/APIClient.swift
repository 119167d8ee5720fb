import JSONText
import JetDaemon
import JetProtocol
import JetUsers

/// A client of HTTP that is a bare socket: it writes one request after another, and reads the responses.
final class APIClient {
    /// A response.
    struct Response {
        let status: Int
        /// By their names in small letters.
        let headers: [String: String]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSON? { try? JSON(parsing: body) }
        /// The data of the error object.
        var refusal: JSON? { json?["error"]?["data"] }
    }

    let raw: RawPeer

    init(over raw: RawPeer) { self.raw = raw }

    convenience init(_ endpoint: Endpoint) throws { self.init(over: try RawPeer(endpoint)) }

    /// Sends a request and reads the response.
    func ask(
        _ method: String, _ target: String, body: String? = nil, type: String? = "application/json",
        user: String? = nil, _ headers: [String: String] = [:]
    ) throws -> Response {
        try send(method, target, body: body, type: type, user: user, headers)
        return try response(hasBody: method != "HEAD")
    }

    /// Sends a request.
    ///
    /// - Parameter user: The name and the password with a colon between.
    func send(
        _ method: String, _ target: String, body: String? = nil, type: String? = "application/json",
        user: String? = nil, _ headers: [String: String] = [:]
    ) throws {
        var text = "\(method) \(target) HTTP/1.1\r\n"
        if headers["Host"] == nil { text += "Host: localhost\r\n" }
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let user { text += "Authorization: Basic \(Self.base64(Array(user.utf8)))\r\n" }
        if let body {
            if let type { text += "Content-Type: \(type)\r\n" }
            text += "Content-Length: \(body.utf8.count)\r\n"
        }
        try raw.write(Array("\(text)\r\n\(body ?? "")".utf8))
    }

    /// Reads a response.
    func response(hasBody: Bool = true) throws -> Response {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) { bytes += try raw.read(1) }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            headers[line[..<colon].lowercased()] = String(line[colon...].drop { $0 == ":" || $0 == " " })
        }
        let length = hasBody ? Int(headers["content-length"] ?? "") ?? 0 : 0
        return Response(
            status: Int(lines[0].split(separator: " ")[1]) ?? 0, headers: headers, body: Array(try raw.read(length)))
    }

    /// Base64 as `Authorization` has it.
    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = Array(bytes[start..<min(start + 3, bytes.count)])
            let word = part.reduce(0 as UInt32) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - part.count))
            for place in 0..<4 {
                text.append(place <= part.count ? digits[Int(word >> UInt32(18 - 6 * place) & 63)] : "=")
            }
        }
        return text
    }
}

extension RawPeer {
    /// Adds an element.
    func add(_ params: JSON) throws { _ = try ask("\(["id": 1, "method": "add", "params": params] as JSON)") }

    /// Reads a request for one of its elements, and answers it with `answer`, a member with its value.
    ///
    /// - Returns: The request.
    @discardableResult
    func serve(_ answer: String) throws -> JSON {
        let request = try hearValue()
        try say("{\"id\":\(request["id"] ?? .null),\(answer)}")
        return request
    }
}

extension TestUsers {
    /// Runs a daemon with a users file, that is reached by HTTP, too.
    static func withAPI(
        _ adjust: @escaping @Sendable (inout DaemonConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (TestDaemon) throws -> Void
    ) async throws {
        try await withFolder { folder in
            let users = try TestUsers(in: folder)
            try users.set("guest", password: "guest's", groups: [])
            try users.set("boss", password: "boss's", groups: ["operator", "johns"])
            try users.set("meter", password: "meter's", groups: ["metrics"])
            try await JetDaemonTests.withDaemon({
                $0.users = users.file.path
                $0.loginDelay = 0
                adjust(&$0)
            }) { try body($0) }
        }
    }
}
