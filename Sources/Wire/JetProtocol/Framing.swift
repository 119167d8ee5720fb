/// *Framing*: how the messages on a connection are separated (jet-protocol(7) §1.1 and §1.2).
public enum Framing: Hashable, Sendable {
    /// On a byte stream: a 4-byte big-endian length before each message.
    case lengthPrefixed
    /// On a WebSocket: each message is a frame, as a server sends it: a text frame for JSON, otherwise a binary one.
    case webSocket
}
