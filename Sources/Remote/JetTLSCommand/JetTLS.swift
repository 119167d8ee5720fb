/// The program `jet-tls`.
public enum JetTLS {
    /// Runs it.
    public static func main() async {}
}
