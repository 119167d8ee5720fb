/// The *encoding* of the messages on a connection. Each connection begins with JSON; `config` switches it
/// (jet-protocol(7) §7.5).
public enum Encoding: String, Hashable, Sendable, CaseIterable {
    /// JSON, in UTF-8.
    case json
    /// MessagePack: the same values in fewer bytes. `MessagePackReader` and `MessagePackWriter` say how they correspond.
    case msgpack
}
