import AgentCore
import Providers
import Testing

/// The boards whose trees are among the fixtures.
enum Board: String, CaseIterable, CustomTestStringConvertible {
    case laptop = "laptop-x86"
    case desktop = "desktop-amd"
    case raspberryPi = "raspberry-pi-4"
    case virtualMachine = "vm"

    var testDescription: String { rawValue }

    /// The board's files, built anew.
    func tree() throws -> Tree { try Tree(manifest: Fixture.text(rawValue + ".tree")) }

    /// What the agent should say about the board: one reading a line, as JSON.
    func golden() throws -> [Substring] { try Fixture.text(rawValue + ".jsonl").split(separator: "\n") }

    /// Makes `listing` the golden one.
    func writeGolden(_ listing: [String]) throws {
        try Fixture.write(rawValue + ".jsonl", listing.joined(separator: "\n") + "\n")
    }

    /// The architecture, which no file tells.
    var machine: String { self == .raspberryPi ? "aarch64" : "x86_64" }
}

extension Host {
    /// The host whose files are in `tree`.
    init(_ tree: Tree, machine: String = "x86_64") {
        self.init(sysfs: tree.path("sys"), procfs: tree.path("proc"), root: tree.root, machine: machine)
    }
}
