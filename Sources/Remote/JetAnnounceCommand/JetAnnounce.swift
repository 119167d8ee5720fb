/// The program `jet-announce`.
public enum JetAnnounce {
    /// Runs it.
    public static func main() async {}
}
