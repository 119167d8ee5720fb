import Glibc
import Testing

@testable import SystemUpdate

/// A folder that is gone with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/jet-update-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = template.withUnsafeBytes { String(decoding: $0.dropLast(), as: UTF8.self) }
    }

    deinit {
        let remover = try? ChildProgram("/bin/rm", ["-rf", "--one-file-system", path], [:])
        _ = remover?.run({ _ in }, shouldEnd: { false })
    }

    /// Makes a folder, with those above it.
    func makeFolder(_ folder: String) {
        var made = path
        for part in folder.split(separator: "/") {
            made += "/" + part
            mkdir(made, 0o755)
        }
    }
}
