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
    private let delivery: Delivery
    private let accounts: AccountTable
    private let pendingBytesLimit: Int

    init(_ delivery: Delivery, _ accounts: AccountTable, pendingBytesLimit: Int) {
        self.delivery = delivery
        self.accounts = accounts
        self.pendingBytesLimit = pendingBytesLimit
    }

    /// Keeps a text that a peer has sent although its messages wait.
    func postpone(_ text: RawSpan, of peer: Peer) { postpone(PostponedText(text: text.array, next: nil), of: peer) }

    /// Keeps the rest of a batch, which begins with the next message.
    func postpone(restOfBatch text: UnsafeRawBufferPointer, of peer: Peer) {
        postpone(PostponedText(text: Array(text), next: 0), of: peer)
    }

    private func postpone(_ text: PostponedText, of peer: Peer) {
        // Limits what a shell that goes on reading can bring; a batch is no longer than a message may be.
        let count = Self.size(of: peer.postponed[...]) + text.text.count
        guard peer.postponed.isEmpty || count <= pendingBytesLimit else {
            return delivery.close(peer, because: .limitExceeded(.pendingBytes, max: pendingBytesLimit))
        }
        do throws(ErrorObject) {
            try accounts.charge(.bytes, text.text.count, to: peer)
            peer.postponed.append(text)
        } catch {
            // A message that was received cannot be left out.
            delivery.close(peer, because: error)
        }
    }

    /// Takes the texts that a peer's messages have waited in.
    func takeTexts(of peer: Peer) -> ArraySlice<PostponedText> {
        let texts = peer.postponed[...]
        peer.postponed = []
        accounts.add(.bytes, -Self.size(of: texts), to: peer)
        return texts
    }

    /// Keeps texts again, behind those that wait.
    func postpone(again texts: ArraySlice<PostponedText>, of peer: Peer) {
        peer.postponed += texts
        accounts.add(.bytes, Self.size(of: texts), to: peer)
    }

    private static func size(of texts: ArraySlice<PostponedText>) -> Int { texts.reduce(0) { $0 + $1.text.count } }
}
