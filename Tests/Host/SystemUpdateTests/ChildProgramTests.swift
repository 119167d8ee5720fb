import Files
import Testing

@testable import SystemUpdate

/// Programs that are run and listened to.
@Suite(.timeLimit(.minutes(1)))
struct ChildProgramTests {
    /// Runs a shell script.
    private func run(
        _ script: String, shouldEnd: () -> Bool = { false }
    ) throws -> (ChildProgram.Ending, [ChildProgram.Line]) {
        var lines: [ChildProgram.Line] = []
        let program = try ChildProgram("/bin/sh", ["-c", script], ["PATH": "/usr/bin:/bin", "WORD": "x"])
        let ending = program.run({ lines.append($0) }, shouldEnd: shouldEnd)
        return (ending, lines)
    }

    @Test("both outputs are heard in their order, descriptor 3 by itself")
    func streams() throws {
        let (ending, lines) = try run("echo a; echo b >&2; printf c; echo d >&3; exit 7")
        #expect(ending == .exited(7))
        #expect(
            lines.filter { if case .output = $0 { true } else { false } } == [.output("a"), .output("b"), .output("c")])
        #expect(lines.contains(.status("d")))
    }

    @Test("a program gets the environment that it is given, and nothing to read")
    func environment() throws {
        let (_, lines) = try run("env | grep -v -e ^PWD -e ^SHLVL -e ^_ -e ^OLDPWD; cat")
        #expect(Set(lines) == [.output("PATH=/usr/bin:/bin"), .output("WORD=x")])
    }

    @Test("a program has ended though something that it started keeps its outputs open")
    func lingering() throws {
        let (ending, lines) = try run("sleep 30 & echo $!")
        #expect(ending == .exited(0))
        if case .output(let pid)? = lines.first { _ = try run("kill \(pid)") }
    }

    @Test("a program that is told to end does")
    func end() throws {
        let (ending, _) = try run("exec sleep 30", shouldEnd: { true })
        #expect(ending == .killed(signal: 15))
    }

    @Test("a program that is not there cannot be started")
    func missing() {
        #expect(throws: SystemCallError.self) { try ChildProgram("/no/such/program", [], [:]) }
    }

    @Test("carriage returns end lines, too; what is too long is cut")
    func lines() {
        var splitter = LineSplitter()
        #expect(splitter.lines(Array("a\rb\r\nc".utf8)) == ["a", "b"])
        #expect(splitter.lines(Array("d\n\n".utf8)) == ["cd"])
        #expect(splitter.lines(Array(repeating: UInt8(ascii: "x"), count: 10000)).isEmpty)
        #expect(splitter.rest()?.count == 4096)
        #expect(splitter.rest() == nil)
    }
}
