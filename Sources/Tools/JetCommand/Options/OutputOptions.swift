import ArgumentParser
import JSONText

/// How the output is to look.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON for programs, one object a line.")
    var json = false

    @Option(help: ArgumentHelp("Colour: auto, always or never.", valueName: "when"))
    var color: Terminal.ColorChoice = .auto

    /// What the output goes to.
    var terminal: Terminal { .standardOutput(color: color) }

    /// Prints lines that are made for people.
    func write(_ lines: [StyledLine]) throws {
        let colored = terminal.isColored
        try StandardOutput.write(lines: lines.lazy.map { $0.rendered(colored: colored) })
    }

    /// Prints records, a line each.
    func write(_ records: some Sequence<JSON>) throws {
        try StandardOutput.write(lines: records.lazy.map(TerminalText.json))
    }
}

extension Terminal.ColorChoice: ExpressibleByArgument {}
