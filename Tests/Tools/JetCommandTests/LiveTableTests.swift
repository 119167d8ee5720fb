import JSONText
import TestSupport
import Testing

@testable import JetCommand

@Suite("The live table")
struct LiveTableTests {
    private let size = LiveTable.Size(columns: 40, lines: 10)

    private func screen(_ table: LiveTable, _ size: LiveTable.Size, at now: Duration = .zero) -> [String] {
        table.screen(size, title: "here", at: now).map { $0.rendered(colored: false) }
    }

    @Test("shows the States sorted by path, with unit")
    func sorted() {
        var table = LiveTable()
        table.add("b", value: 2, unit: "s")
        table.add("c/d", value: "x", unit: nil)
        table.add("a", value: [1], unit: nil)
        #expect(screen(table, size) == ["3 states  here", "a    [1]", "b    2 s", "c/d  \"x\""])
    }

    @Test("follows changes and removals, and keeps the unit")
    func changes() {
        var table = LiveTable()
        table.add("a", value: 1, unit: "s")
        table.add("b", value: 2, unit: nil)
        table.change("a", to: 5, at: .zero)
        table.remove("b")
        table.remove("never there")
        #expect(screen(table, size) == ["1 state  here", "a  5 s"])
    }

    @Test("highlights a value for a second after it changed to another")
    func highlight() {
        var table = LiveTable()
        table.add("a", value: 1, unit: nil)
        #expect(!table.isHighlighting(at: .zero))
        table.change("a", to: 1, at: .seconds(5))
        #expect(!table.isHighlighting(at: .seconds(5)), "the same value is no change to look at")
        table.change("a", to: 2, at: .seconds(5))
        #expect(table.isHighlighting(at: .milliseconds(5900)))
        #expect(table.screen(size, title: "", at: .milliseconds(5900))[1][1] == StyledText("2", .changed))
        #expect(!table.isHighlighting(at: .seconds(6)))
        #expect(table.screen(size, title: "", at: .seconds(6))[1][1] == StyledText("2", .plain))
    }

    @Test("says how many States do not fit")
    func tooMany() {
        var table = LiveTable()
        for index in 0..<5 { table.add("p\(index)", value: .number(index), unit: nil) }
        #expect(
            screen(table, .init(columns: 40, lines: 4)) == [
                "5 states  here", "p0  0", "p1  1", "… 3 more; a PATH-RULE shows fewer",
            ])
        #expect(screen(table, .init(columns: 40, lines: 6)).count == 6, "they all fit")
    }

    @Test("never has more lines or columns than the screen, whatever is in it (500 random tables)")
    func fits() {
        var generator = SeededGenerator(seed: 3)
        let texts = ["", "a", "温度", "a/very/long/path/that/never/ends", "\u{1B}[2J", "°C", "🚀🚀🚀"]
        for _ in 0..<500 {
            var table = LiveTable()
            for index in 0..<Int.random(in: 0...12, using: &generator) {
                let text = { texts.randomElement(using: &generator) ?? "" }
                table.add("\(text())\(index)", value: [.string(text()), .string(text())], unit: text())
            }
            let size = LiveTable.Size(
                columns: .random(in: 1...50, using: &generator), lines: .random(in: 1...15, using: &generator))
            let lines = screen(table, size)
            #expect(lines.count <= size.lines)
            #expect(lines.allSatisfy { DisplayWidth.of($0) <= size.columns }, "\(size) \(lines)")
        }
    }

    @Test("is drawn over the frame before: each line and the rest cleared, the terminal left as it was")
    func frame() {
        let lines: [StyledLine] = [[StyledText("a", .heading)], [StyledText("b")]]
        #expect(Screen.frame(lines, colored: true) == "\u{1B}[H\u{1B}[1ma\u{1B}[0m\u{1B}[K\r\nb\u{1B}[K\u{1B}[J")
        #expect(Screen.frame(lines, colored: false) == "\u{1B}[Ha\u{1B}[K\r\nb\u{1B}[K\u{1B}[J")
        #expect(Screen.leave.contains("\u{1B}[?25h") && Screen.leave.contains("\u{1B}[?1049l"))
    }
}

@Suite("Colour and redrawing")
struct TerminalTests {
    @Test(
        "are for terminals that can, unless NO_COLOR or --color says otherwise",
        arguments: [
            (true, ["TERM": "xterm"], .auto, true, true),
            (true, ["TERM": "xterm", "NO_COLOR": "1"], .auto, false, true),
            (true, ["TERM": "xterm", "NO_COLOR": ""], .auto, true, true),
            (true, ["TERM": "dumb"], .auto, false, false),
            (true, [:], .auto, false, false),
            (false, ["TERM": "xterm"], .auto, false, false),
            (false, ["TERM": "dumb", "NO_COLOR": "1"], .always, true, false),
            (true, ["TERM": "xterm"], .never, false, true),
        ] as [(Bool, [String: String], Terminal.ColorChoice, Bool, Bool)])
    func decided(
        isTerminal: Bool, environment: [String: String], choice: Terminal.ColorChoice, isColored: Bool, canRepaint: Bool
    ) {
        let terminal = Terminal(isTerminal: isTerminal, environment: environment, color: choice)
        #expect(terminal.isColored == isColored)
        #expect(terminal.canRepaint == canRepaint)
    }
}
