import JetBus
import JetProtocol
import Logging
import NIOCore

/// The input of a connection. Reading pauses while the peer does not read its own output.
extension Connection {
    /// Passes the input to the bus, message by message. If the bus pauses the peer, the rest is kept.
    func receive(_ buffer: ByteBuffer, from peer: PeerID) {
        let now = NIODeadline.now().uptimeNanoseconds
        let count = buffer.withUnsafeReadableBytes { bytes in
            webSocket == nil
                ? readStream(bytes.bytes, from: peer, at: now) : readWebSocket(bytes.bytes, from: peer, at: now)
        }
        if let count, hub.bus.isPaused(peer) {
            setReading(false)
            // The buffer is shared, so the rest is copied.
            let rest = buffer.readableBytesView.dropFirst(count)
            if !rest.isEmpty { unread = ByteBuffer(bytes: rest) }
        }
        if webSocket != nil { answerWebSocket() }
        hub.scheduleTurnEnd()
    }

    /// - Returns: The number of bytes read; `nil` if the stream cannot be read any further.
    private func readStream(_ bytes: RawSpan, from peer: PeerID, at now: UInt64) -> Int? {
        let bus = hub.bus
        do throws(FrameError) {
            guard isSilent else { return try frames.read(bytes) { bus.receive($0, from: peer, at: now) } }
            return try frames.read(bytes) {
                if isSilent { hub.silence.leave(self) }
                return bus.receive($0, from: peer, at: now)
            }
        } catch {
            refuseLength(error.length, limit: error.limit, from: peer)
            return nil
        }
    }

    /// Refuses a message because of its length, and closes the peer.
    func refuseLength(_ length: Int, limit: Int, from peer: PeerID) {
        hub.note(.messageTooLong, by: peer, ["bytes": "\(length)", "max": "\(limit)"])
        hub.bus.refuse(peer, with: .limitExceeded(.messageSize, max: limit))
        setReading(false)
    }

    /// Reads the peer's messages again after it has read its output, first those that were kept.
    func continueReading(_ peer: PeerID) {
        guard !isReading, !hub.bus.isPaused(peer) else { return }
        if let rest = unread {
            unread = nil
            receive(rest, from: peer)
            guard case .open = phase, !hub.bus.isPaused(peer) else { return }
        }
        if hasInputEnded { hub.bus.endInput(of: peer) } else { setReading(true) }
    }

    /// The peer has closed its sending side.
    func endInput() {
        hasInputEnded = true
        webSocket?.requestClose(.normal)
        guard case .open(let peer) = phase, unread == nil else { return }
        hub.bus.endInput(of: peer)
        hub.scheduleTurnEnd()
    }

    func setReading(_ isReading: Bool) {
        guard isReading != self.isReading, let context else { return }
        self.isReading = isReading
        try? context.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }
}
