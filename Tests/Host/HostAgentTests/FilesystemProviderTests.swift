import Files
import Glibc
import JSONText
import Synchronization
import Testing

@testable import AgentCore
@testable import Providers

extension MountTable {
    /// The mounts of a file with this text.
    fileprivate init(_ text: String) { self.init(Array(text.utf8)) }
}

/// Which file systems are shown, and how full they are.
struct FilesystemProviderTests {
    @Test("what the kernel makes up is no file system, images are none, and a second place of one is not another")
    func selection() {
        let table = MountTable(
            """
            22 23 0:5 / /dev rw shared:2 - devtmpfs dev rw,size=485404k
            23 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
            24 23 0:20 / /proc rw shared:5 - proc proc rw
            29 23 0:24 / /run rw shared:11 - tmpfs tmpfs rw
            40 23 254:0 /srv/data /mnt/data rw - ext4 /dev/vda rw
            41 23 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro
            42 23 8:1 / /boot/efi rw - vfat /dev/sda1 ro,fmask=0077
            43 23 8:1 / /mnt/again rw - vfat /dev/sda1 ro,fmask=0077
            44 23 0:50 / /home rw - nfs4 server:/home rw,vers=4.2
            45 23 0:51 /@home /data rw - btrfs /dev/sdb1 rw,subvol=/@home
            46 23 0:52 / /media/phone rw - fuse.sshfs me@host:/ rw
            47 23 0:53 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw
            """)
        #expect(
            table.filesystems.map { "\($0.mount.point.text) \($0.kind) \($0.mount.isReadOnly)" } == [
                "/ local false", "/boot/efi local true", "/home remote false", "/data local false",
                "/media/phone remote false",
            ])
    }

    @Test("the root is one whatever it is: an overlay of a container, an image of a device")
    func root() {
        #expect(MountTable("1 0 0:30 / / rw - overlay overlay rw").filesystems.map(\.mount.type) == ["overlay"])
        #expect(MountTable("1 0 31:2 / / ro - squashfs /dev/root ro").filesystems.map(\.mount.isReadOnly) == [true])
    }

    @Test("what may only be read here is not read-only: a service's own view of the system is so")
    func ownView() {
        #expect(MountTable("1 0 8:1 / / ro - ext4 /dev/sda1 rw").filesystems.map(\.mount.isReadOnly) == [false])
        #expect(MountTable("1 0 8:1 / / rw - ext4 /dev/sda1 ro").filesystems.map(\.mount.isReadOnly) == [true])
    }

    @Test("a /tmp of its own is shown by a service that has a private one; one on the root's disk is not")
    func privateTmp() {
        let text = """
            1 0 8:1 / / rw - ext4 /dev/sda1 rw
            2 1 8:5 / /tmp rw - ext4 /dev/sda5 rw
            3 2 8:5 /systemd-private-0123-jet-agent.service-AbCdEf/tmp /tmp rw - ext4 /dev/sda5 rw
            4 1 8:1 /var/tmp/systemd-private-0123-jet-agent.service-AbCdEf/tmp /var/tmp rw - ext4 /dev/sda1 rw
            """
        #expect(MountTable(text).filesystems.map(\.mount.point) == ["/", "/tmp"])
    }

    @Test("what is mounted over another hides it")
    func hidden() {
        let table = MountTable("1 0 8:1 / /mnt rw - ext4 /dev/sda1 rw\n2 1 8:2 / /mnt rw - xfs /dev/sdb1 rw")
        #expect(table.filesystems.map(\.mount.source) == ["/dev/sdb1"])
    }

    @Test("characters that the kernel writes in octal are themselves again")
    func octal() {
        let table = MountTable(#"1 0 8:1 / /media/my\040stick\134 rw - vfat /dev/sda1 rw"#)
        #expect(table.mounts.map(\.point) == [#"/media/my stick\"#])
        #expect(MountTable(#"1 0 8:1 / /a\04 rw - vfat /dev/sda1 rw"#).mounts.map(\.point) == [#"/a\04"#])
        #expect(MountTable(#"1 0 8:1 / /a\+04\777 rw - vfat /dev/sda1 rw"#).mounts.map(\.point) == [#"/a\+04\777"#])
    }

    @Test("lines that make no sense are passed over", arguments: ["", "1 2 3", "1 0 8:1 / /a rw -", "- - - - - - - -"])
    func nonsense(line: String) { #expect(MountTable(line).mounts.isEmpty) }

    @Test("each is shown by the words of its mount point, told apart where they are the same")
    func paths() throws {
        let tree = try tree(["/", "/root", "/var/lib", "/var-lib"])
        var filesystems = provider(tree)
        #expect(
            filesystems.readings().map(\.path)
                == ["root", "root-mount", "var-lib-mount-1", "var-lib-mount-2"].map {
                    "storage/filesystems/" + $0
                })
    }

    @Test("how full one is counts what people can use, rounded up")
    func usage() throws {
        let tree = try tree(["/"])
        var filesystems = provider(tree)
        #expect(
            filesystems.readings().first?.value == [
                "mountPoint": "/", "device": "/dev/sda0", "type": "ext4", "readOnly": false, "size": 1000, "used": 300,
                "available": 650, "percent": 32, "inodes": 100, "freeInodes": 60,
            ])
    }

    @Test("a file system that somebody far away answers for is shown and never asked")
    func remote() throws {
        let tree = try Tree()
        tree.write("proc/self/mountinfo", "1 0 0:50 / /home rw - nfs server:/home rw\n")
        var filesystems = FilesystemProvider(Host(tree), logger: MemoryLog().logger) {
            (path) throws(HostFileError) -> FilesystemUsage in
            Issue.record("asked for \(path.text)")
            throw HostFileError(code: EIO)
        }
        #expect(
            filesystems.readings().first?.value == [
                "mountPoint": "/home", "device": "server:/home", "type": "nfs", "readOnly": false,
            ])
    }

    @Test("one that cannot be asked is shown without its sizes, and told once")
    func broken() throws {
        let tree = try tree(["/"])
        let log = MemoryLog()
        var filesystems = FilesystemProvider(Host(tree), logger: log.logger) {
            (_) throws(HostFileError) -> FilesystemUsage in throw HostFileError(code: EIO)
        }
        _ = filesystems.readings()
        #expect(filesystems.readings().first?.value["size"] == nil)
        #expect(log.said == ["warning cannot be read /"])
    }

    @Test("this machine's root has a size, of which some is used")
    func thisMachine() throws {
        let usage = try FilesystemUsage("/")
        #expect(usage.size > 0 && usage.used <= usage.size && usage.percent <= 100)
        #expect(throws: HostFileError.self) { try FilesystemUsage("/no/such/place") }
    }

    private func provider(_ tree: Tree) -> FilesystemProvider {
        FilesystemProvider(Host(tree), logger: MemoryLog().logger) { (_) throws(HostFileError) -> FilesystemUsage in
            FilesystemUsage(size: 1000, used: 300, available: 650, inodes: 100, freeInodes: 60)
        }
    }

    /// A host with a file system at each of these places.
    private func tree(_ points: [String]) throws -> Tree {
        let tree = try Tree()
        let lines = points.enumerated().map { "\($0 + 1) 0 8:\($0) / \($1) rw - ext4 /dev/sda\($0) rw\n" }
        tree.write("proc/self/mountinfo", lines.joined())
        return tree
    }
}
