import Digests
import DocumentedEvents
import Logging
import NIOCore
import NIOHTTP1

/// The handshake of WebSocket (RFC 6455, section 4.2): any request of a connection may be one.
extension HTTPConnection {
    /// What the response to a handshake depends on.
    struct Handshake {
        let key: String
        let hasSubprotocol: Bool

        /// Whether a request is meant as a handshake.
        static func isMeant(by head: HTTPRequestHead) -> Bool {
            head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
        }

        /// Reads the headers; `nil` if it is none for a peer of Jet.
        init?(_ head: HTTPRequestHead) {
            let keys = head.headers["sec-websocket-key"]
            let connection = head.headers[canonicalForm: "connection"]
            // The key is 16 bytes in base64.
            guard head.method == .GET, head.version == .http1_1, keys.count == 1,
                BasicCredentials.decode(keys[0][...].utf8)?.count == 16,
                connection.contains(where: { $0.lowercased() == "upgrade" })
            else { return nil }
            let offered = head.headers[canonicalForm: "sec-websocket-protocol"]
            hasSubprotocol = !offered.isEmpty
            guard offered.isEmpty || offered.contains("jet") else { return nil }
            key = keys[0]
        }

        /// The head of the response.
        var response: ByteBuffer {
            ByteBuffer(
                string: """
                    HTTP/1.1 101 Switching Protocols\r
                    Upgrade: websocket\r
                    Connection: Upgrade\r
                    Sec-WebSocket-Accept: \(WebSocketAccept.value(for: key))\r
                    \(hasSubprotocol ? "Sec-WebSocket-Protocol: jet\r\n" : "")\r

                    """)
        }
    }

    /// What to do with a request that is meant as a handshake.
    func handshake(_ head: HTTPRequestHead) -> Incoming.Action {
        guard hub.origins.admits(head, of: identity) else {
            noteOrigin(head)
            return .answer(
                .text(
                    .forbidden,
                    "pages of this origin may not connect; to allow them, see allow-origins in jetd.toml(5)"))
        }
        let versions = head.headers["sec-websocket-version"]
        guard versions.isEmpty || versions == ["13"] else {
            return .answer(
                .text(.upgradeRequired, "expected version 13", headers: [("Sec-WebSocket-Version", "13")]))
        }
        if !versions.isEmpty, let handshake = Handshake(head) { return .upgrade(handshake) }
        return .answer(
            .text(
                .badRequest, "expected a WebSocket handshake with GET and the subprotocol jet, or no subprotocol"))
    }

    private func noteOrigin(_ head: HTTPRequestHead) {
        let origin = head.headers["origin"].joined(separator: ", ")
        let address = identity.host
        hub.events.note(
            DaemonEvent.originRefused, by: address,
            ["origin": "\(PeerLabel.printable(origin))", "address": "\(address)"])
    }

    /// Makes the connection one of a peer.
    func upgrade(_ handshake: Handshake) {
        guard let context else { return }
        phase = .upgrading
        limit(nil)
        let (pipeline, messageLimit) = (context.pipeline.syncOperations, messageLimit)
        // The decoder passes on what it has not parsed, which `errorCaught` keeps.
        pipeline.removeHandler(decoder).assumeIsolated().whenComplete { _ in
            guard context.channel.isActive, self.context != nil else { return }
            guard !self.isMisread else { return self.refuseMisread() }
            context.writeAndFlush(self.wrapOutboundOut(handshake.response), promise: nil)
            let connection = Connection(
                hub: self.hub, messageLimit: messageLimit, transport: .webSocket, identity: self.identity)
            do {
                try context.channel.syncOptions?
                    .setOption(.recvAllocator, value: SharedBufferAllocator(sharing: self.hub.receiveBuffer))
                try pipeline.addHandler(connection, position: .after(self))
            } catch {
                return self.close()
            }
            while !self.early.isEmpty { context.fireChannelRead(NIOAny(self.early.removeFirst())) }
            if self.hasInputEnded { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
            pipeline.removeHandler(self, promise: nil)
        }
    }

    /// Refuses a handshake of which the decoder has not seen that it is one. What followed is lost.
    private func refuseMisread() {
        dropInput()
        isLast = true
        respond(.text(.badRequest, "expected 'Connection: Upgrade' alone in a handshake"))
    }
}
