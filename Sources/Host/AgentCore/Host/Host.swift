internal import Glibc

/// Where the host's facts are read from: the roots of /sys and /proc and of the file system, so that a tree of files
/// can stand in for a machine, and a container can show the machine it runs on.
public struct Host: Sendable {
    /// Where sysfs is mounted.
    public let sysfs: String
    /// Where procfs is mounted.
    public let procfs: String
    /// What stands in for `/`.
    public let root: String
    /// The processor's architecture in the kernel's words, such as `x86_64` or `aarch64`: the one fact of the kernel
    /// that only uname(2) tells.
    public let machine: String

    /// A host whose facts stand below these directories.
    ///
    /// - Parameters:
    ///   - sysfs: Where sysfs is mounted.
    ///   - procfs: Where procfs is mounted.
    ///   - root: What stands in for `/`.
    ///   - machine: The architecture; `nil` for that of the running kernel.
    public init(sysfs: String = "/sys", procfs: String = "/proc", root: String = "/", machine: String? = nil) {
        self.sysfs = sysfs
        self.procfs = procfs
        self.root = root
        self.machine = machine ?? Self.runningMachine()
    }

    /// The path of a file in sysfs.
    package func sys(_ path: String) -> String { Self.join(sysfs, path) }

    /// The path of a file in procfs.
    package func proc(_ path: String) -> String { Self.join(procfs, path) }

    /// The path of a file of the system.
    package func file(_ path: String) -> String { Self.join(root, path) }

    private static func join(_ root: String, _ path: String) -> String {
        root.hasSuffix("/") ? root + path : root + "/" + path
    }

    private static func runningMachine() -> String {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        return withUnsafeBytes(of: names.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
