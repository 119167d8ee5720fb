import JSONText
import TestSupport

/// What a program's own definition says of its command line, as its argument parser tells it
/// (`--experimental-dump-help`).
struct ProgramDescription: Sendable {
    /// A word after which the program's options follow, such as `get`; the program itself for its own.
    let name: String
    /// Its options.
    let options: [Option]
    /// The verbs.
    let verbs: [ProgramDescription]

    /// One option.
    struct Option: Sendable {
        /// All its names, with their hyphens.
        let names: [String]
        /// What holds if it is not given.
        let defaultValue: String?
        /// The sentence of the help.
        let abstract: String
    }

    /// A program that does not tell.
    struct Silent: Error { let program: String }

    /// The description of a program of this package. Each program is asked once, however many tests want to know.
    static func of(_ program: String) async throws -> ProgramDescription {
        try await descriptions.of(program)
    }

    private static let descriptions = Descriptions()

    private actor Descriptions {
        private var tasks: [String: Task<ProgramDescription, any Error>] = [:]

        func of(_ program: String) async throws -> ProgramDescription {
            let task = tasks[program] ?? Task { try await ProgramDescription(of: program) }
            tasks[program] = task
            return try await task.value
        }
    }

    /// Asks a program of this package.
    init(of program: String) async throws {
        let process = try ChildProcess(
            try ChildProcess.path(ofProduct: program), ["--experimental-dump-help"])
        guard try await process.end() == 0 else { throw Silent(program: program) }
        self.init(try JSON(parsing: process.text())["command"] ?? .null)
    }

    private init(_ command: JSON) {
        name = command["commandName"]?.string ?? ""
        options = (command["arguments"]?.array ?? []).filter { $0["kind"] != "positional" }.map { argument in
            Option(
                names: (argument["names"]?.array ?? []).compactMap { name in
                    name["name"]?.string.map { (name["kind"] == "short" ? "-" : "--") + $0 }
                },
                defaultValue: argument["defaultValue"]?.string, abstract: argument["abstract"]?.string ?? "")
        }
        verbs = (command["subcommands"]?.array ?? []).map { ProgramDescription($0) }.filter { $0.name != "help" }
    }

    /// Its options' names, those of its verbs included.
    var optionNames: Set<String> {
        Set(options.flatMap(\.names)).union(verbs.flatMap(\.optionNames))
    }
}
