import Files
import Glibc
import Synchronization

@testable import AgentCore
@testable import Providers

/// The files of a tree's LEDs, with the manners of the kernel: writing 0 to `brightness` takes the trigger away, choosing a trigger
/// makes its files, which for a while belong to somebody else, and colours come all or not at all.
final class KernelAttributes: Attributes {
    private let files = SysfsAttributes()
    private let state = Mutex<State>(State())

    private struct State {
        var writes: [String] = []
        /// How often a file cannot be written until it can.
        var forbidden: [String: Int] = [:]
    }

    /// What was written, in its order: `brightness=3`.
    var writes: [String] { state.withLock { $0.writes } }

    /// Has the files called `name` belong to somebody else for so many attempts to write them.
    func forbid(_ name: String, times: Int = .max) { state.withLock { $0.forbidden[name] = times } }

    func read(_ path: FilePath) throws(HostFileError) -> String { try files.read(path) }

    func write(_ text: String, to path: FilePath) throws(HostFileError) {
        let name = path.name.text
        let directory = path.folder ?? "/"
        let isForbidden = state.withLock { state in
            guard let left = state.forbidden[name], left > 0 else { return false }
            state.forbidden[name] = left - 1
            return true
        }
        if isForbidden { throw HostFileError(code: EACCES) }
        switch name {
        case "brightness": try writeBrightness(text, directory)
        case "trigger": try writeTrigger(text, directory)
        case "multi_intensity":
            guard try files.read(path).split(separator: " ").count == text.split(separator: " ").count else {
                throw HostFileError(code: EINVAL)
            }
            try files.write(text, to: path)
        default:
            guard File.exists(path) else { throw HostFileError(code: ENOENT) }
            try files.write(text, to: path)
        }
        state.withLock { $0.writes.append("\(name)=\(text)") }
    }

    private func writeBrightness(_ text: String, _ directory: FilePath) throws(HostFileError) {
        guard let value = Int(text), value >= 0 else { throw HostFileError(code: EINVAL) }
        let limit = Int(try files.read(directory + "/max_brightness")) ?? 0
        if value == 0, File.exists(directory + "/trigger") { try writeTrigger("none", directory) }
        try files.write(String(min(value, limit)), to: directory + "/brightness")
    }

    private func writeTrigger(_ name: String, _ directory: FilePath) throws(HostFileError) {
        let list = TriggerList(parsing: try files.read(directory + "/trigger"))
        guard list.names.contains(name) else { throw HostFileError(code: EINVAL) }
        let line = list.names.map { $0 == name ? "[\($0)]" : $0 }.joined(separator: " ")
        try files.write(line, to: directory + "/trigger")
        for delay in ["/delay_on", "/delay_off"] as [FilePath] {
            if name == "timer" { create(directory + delay, "500") } else { File.remove((directory + delay).text) }
        }
        if name == "none" { try files.write("0", to: directory + "/brightness") }
        if name == "default-on" {
            try files.write(try files.read(directory + "/max_brightness"), to: directory + "/brightness")
        }
    }

    private func create(_ path: FilePath, _ text: String) {
        guard let file = fopen(path.text, "we") else { return }
        fputs(text, file)
        fclose(file)
    }
}
