import NIOCore
import NIOHTTP1

/// The requests of a connection: what is done with each, and whether its body may be sent.
extension HTTPConnection {
    /// Begins with a request, whose body may follow.
    func begin(_ head: HTTPRequestHead) {
        requests += 1
        isOldVersion = head.version == .http1_0
        isHead = head.method == .HEAD
        // After a request to change the protocol, NIO parses nothing more.
        isLast =
            isRefusal || !head.isKeepAlive || requests >= hub.http.limits.requests || head.method == .CONNECT
            || head.headers.contains(name: "upgrade")
        do throws(HTTPRequest.Malformed) {
            let request =
                Handshake.isMeant(by: head)
                ? HTTPRequest(handshake: head, identity: identity) : try HTTPRequest(head, identity: identity)
            let incoming = Incoming(head: head, request: request, action: action(head, request))
            phase = .receiving(incoming)
            limit(hub.http.limits.body)
            checkBody(incoming)
        } catch {
            refuse(.text(.badRequest, error.reason))
        }
    }

    /// What to do with a request.
    private func action(_ head: HTTPRequestHead, _ request: HTTPRequest) -> Incoming.Action {
        if isRefusal {
            return .answer(
                .text(
                    .forbidden,
                    "connections from other machines are refused here, because they are not encrypted; see jet-remote(7)"
                ))
        }
        if Handshake.isMeant(by: head) { return handshake(head) }
        switch hub.http.routes.match(request.method, request.segments) {
        case .found(let route):
            guard !route.needsKnownHost || hub.origins.knowsHost(of: head, of: identity) else {
                return .answer(
                    .text(
                        .misdirectedRequest,
                        "this machine has another name than Host says; to allow the name, see allow-origins in jetd.toml(5)"
                    ))
            }
            return .route(route)
        case .otherMethods(let methods):
            let allowed = methods.map(\.rawValue).joined(separator: ", ")
            return .answer(.text(.methodNotAllowed, "only \(allowed)", headers: [("Allow", allowed)]))
        case .none: return .answer(.text(.notFound, "not found"))
        }
    }

    /// Checks whether the body of a request may be sent, and says so to a client that waits for that.
    private func checkBody(_ incoming: Incoming) {
        let headers = incoming.head.headers
        let length = headers["content-length"].first.map { Int($0) ?? .max } ?? 0
        guard length > 0 || headers.contains(name: "transfer-encoding") else { return }
        switch incoming.action {
        case .answer(let response): return refuse(response)
        case .upgrade: return refuse(.text(.badRequest, "a handshake has no body"))
        case .route(let route):
            guard route.bodyLimit > 0, length <= route.bodyLimit else { return refuseLength(route.bodyLimit) }
        }
        let expectations = headers[canonicalForm: "expect"]
        guard !expectations.isEmpty, !isOldVersion else { return }
        guard expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else {
            return refuse(.text(.expectationFailed, "only 100-continue can be expected"))
        }
        context?.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
    }

    /// A part of the body has arrived.
    func receive(_ bytes: ByteBuffer) {
        guard case .receiving(var incoming) = phase, case .route(let route) = incoming.action else { return }
        guard incoming.request.body.readableBytes + bytes.readableBytes <= route.bodyLimit else {
            return refuseLength(route.bodyLimit)
        }
        guard takeBody(bytes.readableBytes) else {
            return refuse(
                .text(
                    .serviceUnavailable, "too many bodies of other requests are arriving; try again later",
                    headers: [("Retry-After", "5")]))
        }
        phase = .waiting
        incoming.request.body.writeImmutableBuffer(bytes)
        phase = .receiving(incoming)
    }

    private func refuseLength(_ limit: Int) {
        refuse(
            .text(
                .payloadTooLarge, limit > 0 ? "the body may have at most \(limit) bytes" : "a body is not expected here"
            ))
    }

    /// The request is complete.
    func finish() {
        guard case .receiving(let incoming) = phase else { return }
        switch incoming.action {
        case .answer(let response): respond(response)
        case .upgrade(let handshake): upgrade(handshake)
        case .route(let route):
            let answer = HTTPAnswer(for: self)
            phase = .answering(answer)
            limit(hub.http.limits.answer)
            route.handle(incoming.request, answer, hub)
        }
    }

    /// Answers a request that is not read to its end, and closes the connection.
    func refuse(_ response: HTTPResponse) {
        dropInput()
        isLast = true
        respond(response)
    }
}

extension HTTPRequest.Malformed {
    fileprivate var reason: String {
        switch self {
        case .target: "the target must be a path"
        case .escape: "the path has an escape that is not UTF-8"
        case .host: "there must be one header Host"
        case .coding: "the only Transfer-Encoding is chunked, with HTTP/1.1"
        }
    }
}
