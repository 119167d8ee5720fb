import Glibc
import TestSupport

/// Runs parts of the scripts in `packaging`.
enum Scripts {
    /// How a script ended, and what it wrote. On a terminal, `error` is all that it wrote.
    typealias Outcome = (status: Int32, output: String, error: String)

    /// Runs bash in a copy of the checkout's scripts, where `prepare` has been run before.
    ///
    /// Programs that `prepare` puts into the folder `programs` are found before all others.
    /// - Parameter answer: What is typed at the first question; with it, the script has a terminal.
    static func run(_ script: String, prepare: String, answer: String? = nil) async throws -> Outcome {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let bash = try ChildProcess(
            "/bin/bash",
            [
                "-euo", "pipefail", "-c",
                """
                folder=$(mktemp -d /tmp/jet-scripts.XXXXXX)
                trap 'rm -rf "$folder"' EXIT
                mkdir "$folder/packaging" "$folder/programs"
                cp "$CHECKOUT"/packaging/*.sh "$folder/packaging"
                cp "$CHECKOUT/Package.swift" "$folder"
                cd "$folder"
                PATH=$folder/programs:$PATH
                \(prepare)
                ( \(script) )
                """,
            ],
            environment: ["PATH": path, "HOME": "/nonexistent", "CHECKOUT": Repository.root],
            streams: answer == nil ? .pipes : .terminal(columns: 120, lines: 40))
        guard let answer else { return (try await bash.end(), bash.text(), bash.text(.error)) }
        try await bash.wait { $0.hasSuffix("] ") }
        bash.type(answer)
        return (try await bash.end(), "", bash.text())
    }
}
