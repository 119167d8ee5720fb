import Glibc
import JSONText
import JetBus
import JetProtocol
import NIOCore
import NIOHTTP1

/// One request of the API on its way through the bus: log in if it has a password, ask, answer.
///
/// It holds its peer, and the `HTTPAnswer` holds it, until there is an answer or the client has disconnected.
final class APIExchange: PeerExchange {
    let hub: Hub
    private let request: HTTPRequest
    let answer: HTTPAnswer
    /// The headers of each answer.
    private(set) var headers: [(name: String, value: String)] = []
    var peer: PeerWithoutSocket?

    private init(_ request: HTTPRequest, _ answer: HTTPAnswer, _ hub: Hub) {
        self.request = request
        self.answer = answer
        self.hub = hub
    }

    /// Handles a request.
    ///
    /// - Parameter methods: What its path has, for browsers that ask.
    static func handle(_ request: HTTPRequest, _ answer: HTTPAnswer, _ hub: Hub, methods: String) {
        guard hub.hasAPI else { return answer.send(.text(.notFound, "the API is turned off, see api in jetd.toml(5)")) }
        let exchange = APIExchange(request, answer, hub)
        do throws(APIError) {
            let rule = try PageRule(request, hub.origins)
            exchange.headers = rule.headers
            if request.method == .OPTIONS { return answer.send(rule.preflight(methods)) }
            try exchange.begin()
        } catch {
            exchange.fail(error)
        }
    }

    private func begin() throws(APIError) {
        let credentials = try BasicCredentials(in: request.headers)
        let call = try API.call(of: request)
        if call.kind == .act, credentials == nil, hub.login(of: request.identity) == nil {
            throw APIError(.loginRequired)
        }
        try connect(request.identity, name: API.peerName, credentials) { self.ask(call, $0) }
    }

    private func ask(_ call: API.Call, _ peer: PeerWithoutSocket) {
        peer.ask(call.message) { answer in
            guard answer.isError else { return self.succeed(call, answer) }
            self.fail(APIError(text: answer.valueBytes, isRouted: call.kind == .act))
        }
    }

    // MARK: Answers

    private func succeed(_ call: API.Call, _ answer: BusAnswer) {
        switch call.kind {
        case .list: send(answer.value)
        case .act: send(answer.json)
        case .read(let onlyValue):
            do throws(StateEntry.Failure) {
                let entry = try StateEntry(result: answer.valueBytes)
                send(onlyValue ? ByteBuffer(bytes: entry.value) : ByteBuffer(bytes: entry.json))
            } catch {
                fail(refusal(error))
            }
        }
    }

    private func refusal(_ failure: StateEntry.Failure) -> APIError {
        let path = JSON.string(request.segments.dropFirst(3).joined(separator: "/")).text
        return switch failure {
        case .missing: APIError(.invalidParams(.pathNotExists, path))
        case .isMethod: APIError(.invalidParams(.notAState, path))
        case .malformed: APIError(.internalError("the bus has answered wrongly"))
        }
    }

    private func send(_ body: ByteBuffer) {
        respond(.json(.ok, body, headers: headers))
    }

    func end() {
        peer?.end()
        peer = nil
    }
}

extension BasicCredentials {
    /// Reads the header `Authorization`; `nil` if there is none.
    init?(in headers: HTTPHeaders) throws(APIError) {
        let values = headers["authorization"]
        guard let value = values.first else { return nil }
        guard values.count == 1, let credentials = BasicCredentials(header: value) else {
            throw .request(.badRequest, "The header Authorization must be one of the scheme Basic, with UTF-8.")
        }
        self = credentials
    }
}

extension PeerWithoutSocket {
    /// Logs in with a password, which is checked in turn with those of all other peers.
    ///
    /// - Parameter done: Called with the error, or `nil` if the peer has logged in.
    func logIn(_ credentials: BasicCredentials, _ done: @escaping (APIError?) -> Void) {
        var message = credentials.message
        ask(message) { answer in
            done(answer.isError ? APIError(text: answer.valueBytes, isRouted: false) : nil)
        }
        message.withUnsafeMutableBytes { if let start = $0.baseAddress { explicit_bzero(start, $0.count) } }
    }
}

extension HTTPRoutes {
    /// `/api/v1`.
    mutating func addAPI() {
        func route(_ methods: [HTTPMethod], _ names: String, bodyLimit: Int) -> HTTPRoute {
            HTTPRoute(methods: methods + [.OPTIONS], bodyLimit: bodyLimit) { request, answer, hub in
                APIExchange.handle(request, answer, hub, methods: names)
            }
        }
        let states = route([.GET, .PUT], "GET, HEAD, PUT", bodyLimit: API.bodyLimit)
        let methods = route([.POST], "POST", bodyLimit: API.bodyLimit)
        add("/api/v1/state", states)
        add(below: "/api/v1/state", states)
        add(below: "/api/v1/method", methods)
    }
}
