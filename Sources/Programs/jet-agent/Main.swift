import JetAgentCommand

@main
enum Main {
    static func main() async { await JetAgentProgram.main() }
}
