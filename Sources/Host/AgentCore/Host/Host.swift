package import Files
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
    package func sys(_ path: FilePath) -> FilePath { Self.join(sysfs, path) }

    /// The path of a file in procfs.
    package func proc(_ path: FilePath) -> FilePath { Self.join(procfs, path) }

    /// The path of a file of the system.
    package func file(_ path: FilePath) -> FilePath { Self.join(root, path) }

    private static func join(_ root: String, _ path: FilePath) -> FilePath {
        root.hasSuffix("/") ? "\(root)\(path)" : "\(root)/\(path)"
    }

    /// The names of the devices in a class of sysfs, sorted.
    ///
    /// Each is a folder or a link to one. Plain files in the folder of a class, such as `net/bonding_masters`, belong to
    /// a driver and are left out.
    package func devices(ofClass name: FilePath) -> [FilePath] { devices(in: "class/\(name)") }

    /// The names of the devices in a folder of sysfs, sorted.
    package func devices(in folder: FilePath) -> [FilePath] { HostFile.names(in: sys(folder), .folders).sorted() }

    private static func runningMachine() -> String {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        return withUnsafeBytes(of: names.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
