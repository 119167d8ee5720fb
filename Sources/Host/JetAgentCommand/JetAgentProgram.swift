import CLinux
import Journal

/// The program `jet-agent`, for an executable to run.
public enum JetAgentProgram {
    /// Does what the command line says; ends the process with another status than 0 where it could not.
    public static func main() async {
        // Each lane may have a thread, and each thread would have a heap of its own: half a megabyte in all,
        // to avoid contention that does not occur.
        mallopt(M_ARENA_MAX, 1)
        StandardStreams.fill()
        await JetAgent.main()
    }
}
