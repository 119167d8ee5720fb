import JetBus
import JetProtocol
import Logging
import NIOCore

/// What a connection reads. It pauses while the peer does not read what is due to it.
extension Connection {
    /// Hands what has come to the bus, message by message. When the bus wants no more for now, the rest is kept.
    func receive(_ buffer: ByteBuffer, from peer: PeerID) {
        let now = NIODeadline.now().uptimeNanoseconds
        let count = buffer.withUnsafeReadableBytes { bytes in
            webSocket == nil
                ? readStream(bytes.bytes, from: peer, at: now) : readWebSocket(bytes.bytes, from: peer, at: now)
        }
        if let count, hub.bus.isPaused(peer) {
            setReading(false)
            // The buffer is lent, so the rest moves into another one.
            let rest = buffer.readableBytesView.dropFirst(count)
            if !rest.isEmpty { unread = ByteBuffer(bytes: rest) }
        }
        if webSocket != nil { answerWebSocket() }
        hub.scheduleTurnEnd()
    }

    /// - Returns: How much was read; `nil` if nothing more can be.
    private func readStream(_ bytes: RawSpan, from peer: PeerID, at now: UInt64) -> Int? {
        let bus = hub.bus
        do throws(FrameError) {
            return try frames.read(bytes) { bus.receive($0, from: peer, at: now) }
        } catch {
            refuseLength(error.length, limit: error.limit, from: peer)
            return nil
        }
    }

    /// Refuses a message for its length.
    func refuseLength(_ length: Int, limit: Int, from peer: PeerID) {
        hub.note(.messageTooLong, by: peer, ["bytes": "\(length)", "max": "\(limit)"])
        hub.bus.refuse(peer, with: .limitExceeded(.messageSize, max: limit))
        setReading(false)
    }

    /// The peer has read: its messages are read again, first those that wait.
    func continueReading(_ peer: PeerID) {
        guard !isReading, !hub.bus.isPaused(peer) else { return }
        if let rest = unread {
            unread = nil
            receive(rest, from: peer)
            guard case .open = phase, !hub.bus.isPaused(peer) else { return }
        }
        if hasInputEnded { hub.bus.endInput(of: peer) } else { setReading(true) }
    }

    /// The peer has said its last word.
    func endInput() {
        hasInputEnded = true
        webSocket?.bid(.normal)
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
