import Files
import Glibc

/// The programs of the system that `jet remote` and `jet tls` run. Tests have others.
protocol SystemPrograms: Sendable {
    /// Runs a program to its end; `nil` if it is not installed or cannot be started.
    func run(_ name: String, _ arguments: [String]) -> ChildProgram.Outcome?
}

/// Those that are installed.
struct InstalledPrograms: SystemPrograms {
    func run(_ name: String, _ arguments: [String]) -> ChildProgram.Outcome? {
        ChildProgram.path(of: name).flatMap { path in
            do throws(SystemCallError) { return try ChildProgram.run(path, arguments) } catch { return nil }
        }
    }
}

extension SystemPrograms {
    /// Whether a program ends with success.
    func succeeds(_ name: String, _ arguments: String...) -> Bool { run(name, arguments)?.status == 0 }

    /// What a program prints; `nil` if it fails.
    func output(_ name: String, _ arguments: String...) -> String? {
        guard let outcome = run(name, arguments), outcome.status == 0 else { return nil }
        return outcome.output
    }

    /// Has systemd do something with units.
    ///
    /// - Throws: `Failure` with what systemctl(1) says.
    func systemctl(_ verb: String, _ arguments: [String]) throws(Failure) {
        guard let outcome = run("systemctl", [verb] + arguments) else {
            throw Failure(.refused, "The program systemctl is not installed; this machine does not run systemd.")
        }
        guard outcome.status != 0 else { return }
        let units = arguments.filter { !$0.hasPrefix("-") }
        throw Failure(
            .refused, "systemctl \(verb) failed: \(outcome.lastLine)",
            advice: "To see why: journalctl -b \(units.map { "-u \($0)" }.joined(separator: " "))")
    }
}

/// What only root may do.
enum Root {
    /// Checks that this process runs as root.
    ///
    /// - Throws: `Failure` that says how.
    static func check(_ command: String) throws(Failure) {
        guard geteuid() != 0 else { return }
        throw Failure(.refused, "'\(command)' needs root.", advice: "Use: sudo \(command)")
    }
}
