/// *Framing*: how the messages on a connection are told apart (jet-protocol(7) §1).
public enum Framing: Hashable, Sendable {
    /// On a byte stream: a 4-byte big-endian length before each message.
    case lengthPrefixed
    /// On a WebSocket: each message is a frame, as a server sends it: a text frame in JSON, a binary one else.
    case webSocket
}
