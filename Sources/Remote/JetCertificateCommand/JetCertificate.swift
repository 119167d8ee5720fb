/// The program `jet-certificate`.
public enum JetCertificate {
    /// Runs it.
    public static func main() async {}
}
