import JSONText
import Synchronization
import Testing

@testable import AgentCore
@testable import Providers

/// The host's disks and what goes through them.
struct DiskProviderTests {
    private static let manifest = """
        sys/block/nvme0n1/device/model = Samsung SSD 980
        sys/block/nvme0n1/size = 976773168
        sys/block/nvme0n1/queue/rotational = 0
        sys/block/nvme0n1/removable = 0
        sys/block/nvme0n1/stat = 51 0 2112 12 10 0 64 4 0 500 16
        sys/block/mmcblk0/device/name = SD32G
        sys/block/mmcblk0/size = 62333952
        sys/block/mmcblk0/removable = 1
        sys/block/mmcblk0/stat = 1 0 8 0 0 0 0 0 0 0 0
        sys/block/loop0/stat = 0 0 0 0 0 0 0 0 0 0 0
        sys/block/loop0/size = 0
        """

    @Test("a disk is a thing with a device behind it; sectors are bytes, and what it is called comes along")
    func disks() throws {
        let tree = try Tree(manifest: Self.manifest)
        var disks = DiskProvider(Host(tree), logger: MemoryLog().logger)
        let readings = disks.readings()
        #expect(readings.map(\.path) == ["storage/disks/mmcblk0", "storage/disks/nvme0n1"])
        #expect(
            readings[1].value == [
                "model": "Samsung SSD 980", "size": 500_107_862_016, "rotational": false, "removable": false,
                "readBytes": 1_081_344, "writtenBytes": 32768,
            ])
        #expect(readings[0].value["model"] == "SD32G" && readings[0].value["removable"] == true)
    }

    @Test("rates come with the second look, and a disk at rest has nothing to publish")
    func rates() throws {
        let tree = try Tree(manifest: Self.manifest)
        let time = Mutex(0)
        var disks = DiskProvider(
            Host(tree), now: { .seconds(time.withLock { $0 }) }, logger: MemoryLog().logger)
        var board = StateBoard()
        func look() -> [String: JSON] {
            time.withLock { $0 += 10 }
            let steps = board.apply(disks.readings(), of: "disks").publications
            return Dictionary(
                steps.compactMap { step in
                    if case .change(let path, let value) = step { (path, value) } else { nil }
                }
            ) { first, _ in first }
        }
        _ = look()
        // 20 sectors more read, 2000 written, a second of ten busy.
        tree.write("sys/block/nvme0n1/stat", "53 0 2132 12 20 0 2064 4 0 1500 16\n")
        let value = look()["storage/disks/nvme0n1"]
        #expect(value?["readRate"] == 1020 && value?["writeRate"] == 102_000 && value?["busyPercent"] == 10)
        #expect(Set(look().keys) == ["storage/disks/nvme0n1"])
        #expect(look().isEmpty)
    }

    @Test("a disk that cannot be read costs only itself; one that is pulled out is forgotten")
    func broken() throws {
        let tree = try Tree(manifest: Self.manifest)
        let log = MemoryLog()
        tree.write("sys/block/nvme0n1/stat", "1 2 3\n")
        var disks = DiskProvider(Host(tree), logger: log.logger)
        #expect(disks.readings().map(\.path) == ["storage/disks/mmcblk0"])
        tree.remove("sys/block/nvme0n1")
        #expect(disks.readings().count == 1)
        #expect(log.said == ["warning cannot be read nvme0n1"])
    }

    @Test("sizes beyond 64 bits are the largest there is, not a small one")
    func overflow() throws {
        let tree = try Tree(manifest: Self.manifest)
        tree.write("sys/block/nvme0n1/stat", "1 0 18446744073709551615 0 0 0 0 0 0 0 0\n")
        var disks = DiskProvider(Host(tree), logger: MemoryLog().logger)
        #expect(disks.readings()[1].value["readBytes"] == .number(UInt64.max))
    }
}
