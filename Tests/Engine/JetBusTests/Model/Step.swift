import JSONText

/// Something that can happen to a bus.
enum Step {
    case connect(peer: Int, Model.Peer, isSlow: Bool)
    case disconnect(peer: Int)
    /// A peer says its last word.
    case endInput(peer: Int)
    /// A peer sends a message or a batch.
    case send(peer: Int, JSON)
    /// A slow peer takes what is in its outbox: once, or until nothing comes.
    case read(peer: Int, all: Bool)
    /// What the daemon has asked about a peer is found out.
    case judge(Model.Question, Model.Verdict)
    case pass(seconds: Double)
}
