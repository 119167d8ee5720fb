/// *Encoding*: what the messages on a connection are written in. Every connection begins with JSON; `config` switches it
/// (jet-protocol(7) §2).
public enum Encoding: String, Hashable, Sendable, CaseIterable {
    /// JSON, in UTF-8.
    case json
    /// MessagePack: the same values in fewer bytes. See `MessagePackReader` and `MessagePackWriter` for what stands for
    /// what.
    case msgpack
}
