/// The versions of Jet and of its protocol.
public enum Release {
    /// The version of this release: what `--version` prints and `info` returns. The Debian package and the manual pages
    /// have the same.
    public static let version = "0.1.0"
    /// The version of the protocol (jet-protocol(7)), which `info` returns.
    public static let protocolVersion = "1.1.0"
}
