import Files
import Glibc
import Testing

@testable import AgentCore
@testable import Providers

/// A small file that can be made to hang: reading it then waits in the kernel, as a read of a device whose driver sleeps
/// does. It is a pipe meanwhile, whose opening waits for a writer.
final class HangingFile: Sendable {
    private let tree: Tree

    /// The file's path.
    var path: String { tree.path("value") }

    /// A file with this text that does not hang.
    init(_ text: String) throws {
        tree = try Tree()
        tree.write("value", text)
    }

    /// Reads the file on the current lane; `nil` if that fails.
    func read() -> String? {
        Lane.accessing(FilePath(path)) {
            // Unlike HostFile, this waits for the pipe's other end.
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            var bytes = [UInt8](repeating: 0, count: 64)
            let length = Glibc.read(descriptor, &bytes, bytes.count)
            return length < 0 ? nil : String(decoding: bytes[..<length], as: UTF8.self)
        }
    }

    /// Makes the next access hang.
    func hang() {
        mkfifo(tree.path("pipe"), 0o644)
        rename(tree.path("pipe"), path)
    }

    /// Ends the access that hangs with this text, which later ones find, too.
    func release(_ text: String) {
        let pipe = open(path, O_RDWR | O_CLOEXEC)
        tree.write("new", text)
        rename(tree.path("new"), path)
        let bytes = Array(text.utf8)
        #expect(write(pipe, bytes, bytes.count) == bytes.count)
        close(pipe)
    }
}
