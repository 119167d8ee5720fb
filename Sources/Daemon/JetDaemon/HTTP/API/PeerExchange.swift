import JetProtocol
import NIOCore

/// One HTTP request that asks the bus through a peer of its own.
///
/// It holds its peer, and the `HTTPAnswer` holds it, until there is an answer or the client has disconnected.
protocol PeerExchange: AnyObject {
    var hub: Hub { get }
    var answer: HTTPAnswer { get }
    /// The headers of each answer.
    var headers: [(name: String, value: String)] { get }
    var peer: PeerWithoutSocket? { get set }
    /// Ends the peer, and what else the request uses.
    func end()
}

extension PeerExchange {
    /// Connects the peer, and logs it in if the client has sent a password.
    ///
    /// - Parameter ready: Called when it can ask. If it cannot, the request is answered with the reason.
    func connect(
        _ identity: PeerIdentity, name: String, _ credentials: BasicCredentials?,
        _ ready: @escaping (PeerWithoutSocket) -> Void
    ) throws(APIError) {
        let peer: PeerWithoutSocket
        do throws(ErrorObject) {
            peer = try hub.connectWithoutSocket(identity, name: name)
        } catch {
            throw APIError(error)
        }
        self.peer = peer
        answer.onCancel = { self.end() }
        peer.limit(to: API.timeout) {
            self.fail(APIError(ErrorObject(code: .responseTimeout, message: "Response Timeout", data: nil)))
        }
        guard let credentials else { return ready(peer) }
        peer.logIn(credentials) { error in
            if let error { self.fail(error) } else { ready(peer) }
        }
    }

    /// Answers with an error.
    func fail(_ error: APIError) {
        var response = error.response
        response.headers += headers
        respond(response)
    }

    /// Answers.
    func respond(_ response: HTTPResponse) {
        var response = response
        // The page may read what it was allowed to ask for.
        response.isCrossOrigin = !headers.isEmpty
        // Until then, the account is charged for what the peer was sent.
        response.whenWritten = { self.end() }
        peer?.finish()
        answer.onCancel = nil
        answer.send(response)
    }
}
