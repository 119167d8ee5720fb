import Logging
import Moments
import Testing

@testable import Journal

@Suite("An entry as a line of text")
struct LogTextTests {
    private func line(_ message: Logger.Message, _ metadata: Logger.Metadata = [:], _ style: LogEntry.Style) -> String {
        let event = Logging.LogEvent(
            level: .warning, message: message, metadata: metadata, source: nil, file: "", function: "", line: 1)
        return LogEntry(event).textRecord(style, at: Moment(microseconds: 1_772_368_200_250_000)).texts.joined()
    }

    @Test func `On a terminal it is the level and the message`() {
        #expect(line("slow", ["peer": "3"], .terminal(isColored: false)) == "warning: slow peer=3\n")
        #expect(line("slow", [:], .terminal(isColored: true)) == "\u{1B}[33mwarning\u{1B}[0m: slow\n")
    }

    @Test func `In a file it has time and program`() {
        #expect(line("slow", [:], .file(program: "jetd")) == "2026-03-01T12:30:00.250Z jetd warning: slow\n")
    }

    @Test func `What comes from outside cannot begin a line, nor tell a terminal something`() {
        let controls = "\u{1B}]0;\u{7}\u{9B}2J\u{202E}\u{61C}"
        let name = "x\n2026-03-01T12:30:00.250Z jetd notice: authenticated user=root\(controls)"
        let text = line("\(name)", ["name": "\(name)"], .terminal(isColored: false))
        #expect(text.split(separator: "\n").count == 1)
        #expect(!text.dropLast().unicodeScalars.contains { $0.properties.generalCategory == .control })
        #expect(!text.unicodeScalars.contains { "\u{202E}\u{61C}".unicodeScalars.contains($0) })
    }

    @Test func `A value that could be taken for something else stands in quotes`() {
        let metadata: Logger.Metadata = ["a": "", "b": "x=y", "c": #"say "hi" \o/"#, "d": "päth/to"]
        #expect(
            line("m", metadata, .terminal(isColored: false))
                == #"warning: m a="" b="x=y" c="say \"hi\" \\o/" d=päth/to"# + "\n")
    }
}
