import Glibc
import TestSupport
import Testing

/// The scripts by which shells complete the programs' command lines.
struct CompletionTests {
    private static let programs = ["jet", "jet-agent", "jetd"]
    private static let shells = ["bash", "zsh", "fish"]

    /// What a program prints.
    private static func output(_ program: String, _ arguments: String...) async throws -> String {
        let process = try ChildProcess(try ChildProcess.path(ofProduct: program), arguments)
        #expect(try await process.end() == 0)
        return process.text()
    }

    @Test("each program writes one for each shell, with all its options", arguments: programs, shells)
    func options(program: String, shell: String) async throws {
        let script = try await Self.output(program, "--generate-completion-script", shell)
        let help = try await Self.output(program, "--help")
        let options = help.matches(of: #/\n  (?:-\w, )?--([a-z-]+)/#).map { $0.1 }
        #expect(options.count > 1)
        for option in options { #expect(script.contains(option), "\(option)") }
    }

    @Test("the shell understands it, where it is installed", arguments: programs, shells)
    func syntax(program: String, shell: String) async throws {
        guard access("/usr/bin/\(shell)", X_OK) == 0 else { return }
        let path = "/tmp/jet-completion-\(getpid())-\(program).\(shell)"
        let script = try await Self.output(program, "--generate-completion-script", shell)
        defer { unlink(path) }
        let file = try #require(fopen(path, "wxe"))
        fputs(script, file)
        fclose(file)
        let process = try ChildProcess("/usr/bin/\(shell)", ["-n", path])
        #expect(try await process.end() == 0)
        #expect(process.text(.error) == "")
    }

    @Test("there are none for shells that nobody has heard of", arguments: programs)
    func unknown(program: String) async throws {
        let process = try ChildProcess(
            try ChildProcess.path(ofProduct: program), ["--generate-completion-script", "shell"])
        #expect(try await process.end() != 0)
        #expect(process.text() == "")
    }
}
