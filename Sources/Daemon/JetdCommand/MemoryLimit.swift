import Files
import Glibc

/// How much memory the daemon may use: the lowest limit of its control group and of the groups that this one is in (cgroups(7),
/// `memory.max`), else the memory of the machine.
struct MemoryLimit: Hashable {
    /// In bytes.
    let bytes: Int
    /// Where the limit comes from, for the log.
    let source: String

    /// Reads the limits.
    ///
    /// - Parameters:
    ///   - root: The folder that has `proc` and `sys`.
    ///   - physical: The memory of the machine, in bytes.
    init(root: String = "", physical: Int = Self.physical) {
        var lowest = (bytes: physical, source: "machine")
        for group in Self.groups(root: root) {
            let file = "\(root)/sys/fs/cgroup\(group)/memory.max"
            if let bytes = Self.text(file).flatMap({ Int($0) }), bytes < lowest.bytes { lowest = (bytes, group) }
        }
        (bytes, source) = lowest
    }

    /// The control group of this process and those that it is in, as `/system.slice/jetd.service` and `/system.slice`.
    private static func groups(root: String) -> [String] {
        guard let text = text("\(root)/proc/self/cgroup"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("0::/") })
        else { return [] }
        var groups: [String] = []
        var group = line.dropFirst(3)
        while group.count > 1, let slash = group.lastIndex(of: "/") {
            groups.append(String(group))
            group = group[..<slash]
        }
        return groups
    }

    private static func text(_ path: String) -> String? {
        guard let bytes = try? File.contents(path, limit: 1 << 16) else { return nil }
        return String(decoding: bytes.reversed().drop { $0 == UInt8(ascii: "\n") }.reversed(), as: UTF8.self)
    }

    /// The memory of the machine, in bytes.
    static var physical: Int {
        let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
        return pages > 0 && size > 0 ? pages * size : .max
    }
}
