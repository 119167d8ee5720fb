/// Which release of Jet this is.
public enum Release {
    /// What every program prints for `--version`, and the daemon says in `info`. The Debian package has the same.
    public static let version = "0.1.0"
}
