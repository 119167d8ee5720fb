import NIOHTTP1

/// Which requests of web pages are answered (jetd(8), HTTP). Browsers say in `Origin` and `Sec-Fetch-Site` which page a request
/// is from; a page cannot choose these headers.
///
/// A page that may connect by WebSocket may use the API, too. No other page may: neither read nor write, whatever the browser
/// sends along, such as a client certificate. So the answers allow other origins (CORS) only for these pages, and never
/// with credentials of the browser.
struct PageRule {
    /// The headers that let the page read the answer; none if it is the daemon's own, or there is no page.
    let headers: [(name: String, value: String)]

    /// Examines a request.
    ///
    /// - Throws: The refusal.
    init(_ request: HTTPRequest, _ origins: OriginRule) throws(APIError) {
        let origin = request.headers["origin"]
        guard origins.admits(request) else {
            throw .request(
                .forbidden,
                "Pages of this origin may not use the API; to allow them, see allow-origins in jetd.toml(5).")
        }
        if let origin = origin.first {
            headers = [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")]
            return
        }
        headers = []
        // Without an origin, other pages can only embed the answer, or send a form. A link to it is followed.
        let site = request.headers["sec-fetch-site"].joined(separator: ",").lowercased()
        let isLink =
            request.method == .GET && request.headers["sec-fetch-mode"] == ["navigate"]
            && request.headers["sec-fetch-dest"] == ["document"]
        guard site.isEmpty || site == "same-origin" || site == "none" || isLink else {
            throw .request(.forbidden, "Pages of other sites may not use the API.")
        }
    }

    /// The answer to the question of a browser whether a page may send a request.
    ///
    /// - Parameter methods: What the path has.
    func preflight(_ methods: String) -> HTTPResponse {
        guard !headers.isEmpty else { return HTTPResponse(.noContent, headers: [("Allow", methods)]) }
        return HTTPResponse(
            .noContent,
            headers: headers + [
                ("Allow", methods), ("Access-Control-Allow-Methods", methods),
                ("Access-Control-Allow-Headers", "Authorization, Content-Type"), ("Access-Control-Max-Age", "600"),
            ])
    }
}

extension OriginRule {
    /// Whether the page that sends a request may connect.
    fileprivate func admits(_ request: HTTPRequest) -> Bool {
        let head = HTTPRequestHead(version: .http1_1, method: request.method, uri: "/", headers: request.headers)
        return admits(head, of: request.identity)
    }
}
