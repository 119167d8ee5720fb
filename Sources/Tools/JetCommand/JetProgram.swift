/// The program `jet`, for an executable to run.
public enum JetProgram {
    /// Does what the command line says, and ends the process.
    public static func main() async { await JetTool.main() }
}
