import NIOHTTP1

/// Answers a request, now or later, on the event loop. The answer must be given within `HTTPLimits.answer`.
typealias HTTPHandler = (_ request: HTTPRequest, _ answer: HTTPAnswer, _ hub: Hub) -> Void

/// What answers the requests for a path.
struct HTTPRoute {
    /// The methods. Where there is GET, there is HEAD: it is answered as GET, and the body is not sent.
    var methods: [HTTPMethod] = [.GET]
    /// The length of the longest body, in bytes. A longer one is refused with 413.
    var bodyLimit = 0
    /// Whether `Host` must name this machine, so that no page of an attacker, whose name resolves to this machine, can
    /// read the answer; see `OriginRule`. Otherwise the request is refused with 421.
    var needsKnownHost = true
    let handle: HTTPHandler

    /// Whether the route answers this method.
    func answers(_ method: HTTPMethod) -> Bool {
        methods.contains(method) || method == .HEAD && methods.contains(.GET)
    }
}

/// The routes by path.
struct HTTPRoutes {
    private struct Node {
        var exact: [HTTPRoute] = []
        var below: [HTTPRoute] = []
        var children: [String: Node] = [:]
    }

    private var root = Node()

    /// Adds a route for exactly this path, such as `/healthz`.
    mutating func add(_ path: String, _ route: HTTPRoute) {
        Self.change(&root, Self.segments(path)[...]) { $0.exact.append(route) }
    }

    /// Adds a route for all paths that have more segments than this one: `/api/v1/state` for `/api/v1/state/a/b`. The
    /// longest path counts, and an exact one comes first.
    mutating func add(below path: String, _ route: HTTPRoute) {
        Self.change(&root, Self.segments(path)[...]) { $0.below.append(route) }
    }

    private static func segments(_ path: String) -> [String] {
        path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }

    private static func change(_ node: inout Node, _ path: ArraySlice<String>, _ body: (inout Node) -> Void) {
        guard let first = path.first else { return body(&node) }
        change(&node.children[first, default: Node()], path.dropFirst(), body)
    }

    /// What a method of a path leads to.
    enum Match {
        case found(HTTPRoute)
        /// There are only these methods.
        case otherMethods([HTTPMethod])
        case none
    }

    func match(_ method: HTTPMethod, _ segments: [String]) -> Match {
        var node = root
        var routes: [HTTPRoute] = []
        var isWhole = true
        for segment in segments {
            if !node.below.isEmpty { routes = node.below }
            guard let next = node.children[segment] else {
                isWhole = false
                break
            }
            node = next
        }
        if isWhole, !node.exact.isEmpty { routes = node.exact }
        guard !routes.isEmpty else { return .none }
        if let route = routes.first(where: { $0.answers(method) }) { return .found(route) }
        return .otherMethods(routes.flatMap(\.methods).flatMap { $0 == .GET ? [.GET, .HEAD] : [$0] })
    }
}

extension HTTPRoutes {
    /// The routes of the daemon.
    static var usual: HTTPRoutes {
        var routes = HTTPRoutes()
        routes.addHealth()
        routes.addAPI()
        routes.addMetrics()
        routes.addFiles()
        return routes
    }

    /// `/healthz`, for programs that watch the daemon.
    private mutating func addHealth() {
        add(
            "/healthz",
            HTTPRoute(needsKnownHost: false) { _, answer, hub in
                if case .serving = hub.stage {
                    answer.send(.text(.ok, "ok"))
                } else {
                    answer.send(.text(.serviceUnavailable, "stopping"))
                }
            })
    }
}
