/// The versions of Jet and of its protocol.
public enum Release {
    /// The version of this release: what `--version` prints and `info` returns. It stands here and nowhere else:
    /// `packaging/version` reads it for the Debian package and the manual pages. `packaging/release prepare` changes it.
    public static let version = "0.1.0"
    /// The version of the protocol (jet-protocol(7)), which `info` returns.
    public static let protocolVersion = "1.1.0"
}
