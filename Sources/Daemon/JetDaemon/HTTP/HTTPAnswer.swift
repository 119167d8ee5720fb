/// The answer to one request, which a route gives once, now or later, on the event loop.
final class HTTPAnswer {
    private weak var connection: HTTPConnection?
    /// Called once, if the client disconnects or the answer is late, so that the route can drop what it is doing.
    var onCancel: (() -> Void)?

    init(for connection: HTTPConnection) { self.connection = connection }

    /// Whether somebody waits for the answer.
    var isAwaited: Bool { connection != nil }

    /// Sends the answer. It is dropped if there was one already, or the client has disconnected.
    func send(_ response: HTTPResponse) {
        guard let connection else {
            response.whenWritten?()
            return
        }
        end()
        connection.respond(response)
    }

    /// No answer is sent any more.
    func cancel() {
        let onCancel = onCancel
        end()
        onCancel?()
    }

    private func end() {
        connection = nil
        onCancel = nil
    }
}
