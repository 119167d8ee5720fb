internal import AgentCore
internal import Files

/// What is mounted where, by proc_pid_mountinfo(5), and which of it are file systems that people mean by the word.
struct MountTable: Hashable, Sendable {
    /// One line of the file.
    struct Mount: Hashable, Sendable {
        /// The file system's device: the same for all places where it is mounted.
        let device: String
        /// Which of its directories is mounted.
        let directory: FilePath
        /// Where.
        let point: FilePath
        /// `ext4`, ...
        let type: String
        /// What is mounted, such as `/dev/sda1`.
        let source: FilePath
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

    /// The mounts that the file lists. A line that cannot be parsed is ignored.
    init(_ bytes: [UInt8]) {
        mounts = bytes.split(separator: UInt8(ascii: "\n")).compactMap { Self.mount($0) }
    }

    /// A file system: one of its mounts, and where else it can be asked how full it is.
    struct Filesystem {
        /// The mount that is shown.
        let mount: Mount
        /// What kind it is.
        let kind: Kind
        /// The other places where it is mounted and visible, the one nearest to the root first.
        let others: [FilePath]
    }

    /// Each file system once, by the order of mounting. Of the places where it is mounted, the one nearest to the root is
    /// shown; what is mounted over it hides a place.
    var filesystems: [Filesystem] {
        var visible: [FilePath: Int] = [:]
        for (index, mount) in mounts.enumerated() { visible[mount.point] = index }
        var places: [String: [Int]] = [:]
        for (index, mount) in mounts.enumerated() where visible[mount.point] == index && Self.kind(of: mount) != nil {
            places[mount.device, default: []].append(index)
        }
        return places.values.compactMap { places -> (first: Int, filesystem: Filesystem)? in
            let places = places.sorted { (mounts[$0].point.bytes.count, $0) < (mounts[$1].point.bytes.count, $1) }
            guard let first = places.first, let kind = Self.kind(of: mounts[first]) else { return nil }
            let others = places.dropFirst().map { mounts[$0].point }
            return (first, Filesystem(mount: mounts[first], kind: kind, others: others))
        }.sorted { $0.first < $1.first }.map(\.filesystem)
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
    private static func mount(_ line: ArraySlice<UInt8>) -> Mount? {
        // Words may be empty: a source of FUSE, for example.
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map(plain)
        guard let hyphen = words.dropFirst(6).firstIndex(of: "-"), words.count > hyphen + 3 else { return nil }
        let options = words[hyphen + 3].bytes.split(separator: UInt8(ascii: ","))
        return Mount(
            device: words[2].text, directory: words[3], point: words[4], type: words[hyphen + 1].text,
            source: words[hyphen + 2], isReadOnly: options.contains { $0.elementsEqual("ro".utf8) })
    }

    /// The bytes with those that were written in octal, such as `\040` for a space.
    private static func plain(_ word: ArraySlice<UInt8>) -> FilePath {
        guard word.contains(UInt8(ascii: "\\")) else { return FilePath(word) }
        var bytes: [UInt8] = []
        var rest = word
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let code = octal(rest.prefix(3)) {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return FilePath(bytes)
    }

    /// The byte that three octal digits name.
    private static func octal(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 3, digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "7")).contains) else { return nil }
        return UInt8(exactly: digits.reduce(0) { $0 * 8 + Int($1 - UInt8(ascii: "0")) })
    }
}
