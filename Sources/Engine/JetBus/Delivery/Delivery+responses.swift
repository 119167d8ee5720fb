import JetProtocol

/// Responses, requests to owners, and errors.
extension Delivery {
    /// Answers a request with `true`; a notification is not answered.
    @inline(__always)
    func succeed(_ request: borrowing Request) {
        guard let id = request.id else { return }
        request.sender._withUnsafeGuaranteedRef { peer in
            frame(to: peer, length: 6 &+ id.count &+ 15)
                .putting("{\"id\":").putting(id).put(StaticString(",\"result\":true}"))
        }
    }

    /// Answers a request with the text of a JSON value.
    func respond(to peer: Peer, id: UnsafeRawBufferPointer, result: UnsafeRawBufferPointer) {
        respond(to: peer, id: id, member: ",\"result\":", text: result)
    }

    /// Answers with an error; without `id` if that is `nil`.
    func respond(to peer: Peer, id: UnsafeRawBufferPointer?, error: ErrorObject) {
        guard let id else {
            let text = Array("{\"error\":".utf8) + error.text + [UInt8(ascii: "}")]
            text.withUnsafeBytes { send($0, to: peer) }
            return
        }
        error.text.withUnsafeBytes { respond(to: peer, id: id, member: ",\"error\":", text: $0) }
    }

    /// Answers with `{"id":<id><member><text>}`.
    func respond(to peer: Peer, id: UnsafeRawBufferPointer, member: StaticString, text: UnsafeRawBufferPointer) {
        let length = 6 &+ id.count &+ member.utf8CodeUnitCount &+ text.count &+ 1
        frame(to: peer, length: length)
            .putting("{\"id\":").putting(id).putting(member).putting(text).put(StaticString("}"))
        chargeIfLarge(peer)
    }

    /// Sends a message.
    func send(_ message: UnsafeRawBufferPointer, to peer: Peer) {
        frame(to: peer, length: message.count).put(message)
        chargeIfLarge(peer)
    }
}
