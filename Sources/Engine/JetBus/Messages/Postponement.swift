import JSONText
import JetProtocol

/// A text of a peer that waits, because a message before it is not done or because its account is spent.
struct PostponedText {
    var text: [UInt8]
    /// In the rest of a batch, where the next message begins; `nil` for a whole text.
    var next: Int?
}

/// Keeps texts of peers whose messages wait: the rest of a batch, and what a shell sends that goes on reading. (The shell of
/// a daemon stops when `Bus.receive` returns false, so the kernel keeps what it has not read.)
struct Postponement {
    let delivery: Delivery
    let pendingBytesLimit: Int

    /// Keeps a text that a peer has sent although its messages wait.
    func postpone(_ text: RawSpan, of peer: Peer) { postpone(PostponedText(text: text.array, next: nil), of: peer) }

    /// Keeps the rest of a batch, which begins with the next message.
    func postpone(restOfBatch text: UnsafeRawBufferPointer, of peer: Peer) {
        postpone(PostponedText(text: Array(text), next: 0), of: peer)
    }

    private func postpone(_ text: PostponedText, of peer: Peer) {
        // Limits what a shell that goes on reading can bring; a batch is no longer than a message may be.
        let count = peer.postponed.reduce(text.text.count) { $0 + $1.text.count }
        guard peer.postponed.isEmpty || count <= pendingBytesLimit else {
            return delivery.close(peer, because: .limitExceeded(.pendingBytes, max: pendingBytesLimit))
        }
        peer.postponed.append(text)
    }
}
