import ArgumentParser
import JSONText

/// The form of the output.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON for programs, one object per line.")
    var json = false

    @Option(help: ArgumentHelp("Colour: auto, always or never.", valueName: "when"))
    var color: Terminal.ColorChoice = .auto

    /// The terminal of standard output.
    var terminal: Terminal { .standardOutput(color: color) }

    /// Prints lines for people.
    func write(_ lines: [StyledLine]) throws {
        let colored = terminal.isColored
        try StandardOutput.write(lines: lines.lazy.map { $0.rendered(colored: colored) })
    }

    /// Prints records, one per line.
    func write(_ records: some Sequence<JSON>) throws {
        try StandardOutput.write(lines: records.lazy.map(TerminalText.json))
    }
}

extension Terminal.ColorChoice: ExpressibleByArgument {}
