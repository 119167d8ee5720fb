internal import AgentCore
/// What is mounted where, by proc_pid_mountinfo(5), and which of it are file systems that people mean by the word.
struct MountTable: Hashable, Sendable {
    /// One line of the file.
    struct Mount: Hashable, Sendable {
        /// The file system's device: the same for all places where it is mounted.
        let device: String
        /// Which of its directories is mounted.
        let directory: String
        /// Where.
        let point: String
        /// `ext4`, ...
        let type: String
        /// What is mounted, such as `/dev/sda1`.
        let source: String
        /// Whether nothing can be written to it. That nothing can be written to it *here* does not count: the service
        /// manager mounts everything so for this process alone.
        let isReadOnly: Bool
    }

    /// What kind of file system it is.
    enum Kind: Sendable {
        /// One on a device of this host, which answers at once.
        case local
        /// One that somebody else answers for, perhaps never.
        case remote
    }

    /// All mounts, in the order in which they were made.
    let mounts: [Mount]

    /// The mounts that the text of the file tells. A line that makes no sense is passed over.
    init(_ text: String) {
        mounts = text.split(separator: "\n").compactMap { Self.mount($0) }
    }

    /// Each file system once, with its kind, by the order of mounting. Of the places where it is mounted counts the one
    /// nearest to the root; what is mounted over it hides a place.
    var filesystems: [(mount: Mount, kind: Kind)] {
        var visible: [String: Int] = [:]
        for (index, mount) in mounts.enumerated() { visible[mount.point] = index }
        var best: [String: Int] = [:]
        for (index, mount) in mounts.enumerated() where visible[mount.point] == index && Self.kind(of: mount) != nil {
            if let other = best[mount.device], mounts[other].point.utf8.count <= mount.point.utf8.count { continue }
            best[mount.device] = index
        }
        return best.values.sorted().compactMap { index in
            Self.kind(of: mounts[index]).map { (mounts[index], $0) }
        }
    }

    /// What kind it is; `nil` for what the kernel makes up (proc, tmpfs), for images that are full by nature, and for a
    /// directory that is mounted once more elsewhere.
    private static func kind(of mount: Mount) -> Kind? {
        let isRoot = mount.point == "/"
        if remote.contains(mount.type) || mount.type.hasPrefix("fuse.") { return .remote }
        if isRoot { return .local }
        // Subvolumes are mounted by their directory, too.
        guard mount.directory == "/" || isPrivate(mount) || mount.type == "btrfs" || mount.type == "bcachefs" else {
            return nil
        }
        if withoutDevice.contains(mount.type) { return .local }
        return mount.source.hasPrefix("/dev/") && !images.contains(mount.type) && !made.contains(mount.type)
            ? .local : nil
    }

    /// Whether it stands for a /tmp that is a file system of its own: of that, the service manager shows this process just
    /// a directory made for it (`PrivateTmp=` of systemd.exec(5)).
    private static func isPrivate(_ mount: Mount) -> Bool {
        (mount.point == "/tmp" || mount.point == "/var/tmp") && mount.directory.hasPrefix("/systemd-private-")
    }

    /// File systems that answer when somebody far away does, or a process.
    private static let remote: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "virtiofs", "lustre", "ocfs2", "gfs2", "ncpfs",
        "fuse",
    ]
    /// Local ones whose source is no block device.
    private static let withoutDevice: Set<String> = ["btrfs", "bcachefs", "zfs", "ubifs", "jffs2", "yaffs2"]
    private static let images: Set<String> = ["squashfs", "erofs", "cramfs", "romfs", "iso9660", "overlay"]
    /// Those whose source can look like a device.
    private static let made: Set<String> = ["devtmpfs", "tmpfs", "devpts", "autofs", "hugetlbfs", "mqueue", "ramfs"]

    /// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`: the part before the hyphen has
    /// any number of optional fields.
    private static func mount(_ line: Substring) -> Mount? {
        let words = line.split(separator: " ")
        guard let hyphen = words.dropFirst(6).firstIndex(of: "-"), words.count > hyphen + 3 else { return nil }
        let options = words[hyphen + 3].split(separator: ",")
        return Mount(
            device: String(words[2]), directory: plain(words[3]), point: plain(words[4]),
            type: String(words[hyphen + 1]), source: plain(words[hyphen + 2]), isReadOnly: options.contains("ro"))
    }

    /// The text with characters that were written in octal, such as `\040` for a space.
    private static func plain(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
