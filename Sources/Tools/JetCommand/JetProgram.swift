/// The program `jet`, for an executable to run.
public enum JetProgram {
    /// Runs the command line and exits.
    public static func main() async { await JetTool.main() }
}
