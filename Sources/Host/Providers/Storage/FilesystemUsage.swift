internal import AgentCore
internal import Files
internal import Glibc
internal import JSONText

/// How full a file system is, by statvfs(3).
struct FilesystemUsage: Hashable, Sendable {
    /// Bytes in all.
    let size: UInt64
    /// Bytes that are used.
    let used: UInt64
    /// Bytes that are left for those who are not root.
    let available: UInt64
    /// Files that it can hold; 0 if there is no limit.
    let inodes: UInt64
    /// Files that it can hold more of.
    let freeInodes: UInt64

    /// What a test says.
    init(size: UInt64, used: UInt64, available: UInt64, inodes: UInt64, freeInodes: UInt64) {
        (self.size, self.used, self.available) = (size, used, available)
        (self.inodes, self.freeInodes) = (inodes, freeInodes)
    }

    /// That of the file system that `path` is on.
    init(_ path: FilePath) throws(HostFileError) {
        var status = statvfs()
        guard Lane.accessing(path, { path.withCString { statvfs($0, &status) } }) == 0 else {
            throw HostFileError(code: errno)
        }
        let bytes = { (blocks: UInt) in
            let (bytes, overflow) = UInt64(blocks).multipliedReportingOverflow(by: UInt64(status.f_frsize))
            return overflow ? UInt64.max : bytes
        }
        self.init(
            size: bytes(status.f_blocks), used: bytes(status.f_blocks - min(status.f_blocks, status.f_bfree)),
            available: bytes(status.f_bavail), inodes: UInt64(status.f_files), freeInodes: UInt64(status.f_ffree))
    }

    /// How much is used of what people can use, in whole percent, rounded up as df(1) does.
    var percent: UInt64 {
        let whole = Double(used) + Double(available)
        return whole > 0 ? UInt64((Double(used) / whole * 100).rounded(.up)) : 0
    }

    /// Notes `size`, `used`, `available`, `percent`, `inodes` and `freeInodes`.
    func describe(in value: inout JSON.Object) {
        value["size"] = .number(size)
        value["used"] = .number(used)
        value["available"] = .number(available)
        value["percent"] = .number(percent)
        if inodes > 0 {
            value["inodes"] = .number(inodes)
            value["freeInodes"] = .number(freeInodes)
        }
    }

    /// What moves less than this is not worth publishing: a thousandth of the bytes and of the files.
    var deadband: Deadband {
        let bytes = Double(size) / 1000
        return .members(["used": bytes, "available": bytes, "freeInodes": Double(inodes) / 1000])
    }
}
