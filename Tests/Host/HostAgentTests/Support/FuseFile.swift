import Glibc
import TestSupport

/// A file whose reads FUSE answers, or lets hang: mounted on a file of a tree.
final class FuseFile {
    private let tree: Tree
    private let server: ChildProcess

    /// Whether this process may mount such a file here.
    static let isAvailable =
        geteuid() == 0 && access("/dev/fuse", R_OK | W_OK) == 0 && access("/usr/bin/python3", X_OK) == 0

    /// Mounts it on the file at `path`; it has this text, and does not hang.
    init(at path: String, _ text: String) async throws {
        tree = try Tree()
        tree.write("text", text)
        server = try ChildProcess("/usr/bin/python3", [Fixture.path("fuse-file"), path, tree.path("text")])
        try await server.wait { $0.contains("ready") }
    }

    deinit { server.send(SIGTERM) }

    /// Lets the next read hang.
    func hang() { tree.remove("text") }

    /// Answers the read that hangs, and later ones, with this text.
    func release(_ text: String) {
        tree.write("new", text)
        rename(tree.path("new"), tree.path("text"))
    }
}
