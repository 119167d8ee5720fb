import Journal

/// The program `jet-agent`, for an executable to run.
public enum JetAgentProgram {
    /// Does what the command line says; ends the process with another status than 0 where it could not.
    public static func main() async {
        StandardStreams.fill()
        await JetAgent.main()
    }
}
