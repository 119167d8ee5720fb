import Files
import Glibc
import Synchronization
import Testing

@testable import AgentCore
@testable import Providers

/// Files of the kernel that tell of themselves, as /proc/self/mountinfo does when something is mounted.
struct AttributeWatchTests {
    @Test(
        "what is mounted, and what is unmounted, is told at once",
        .enabled(if: getuid() == 0 && Mounts.isPermitted, "needs the right to mount"), .timeLimit(.minutes(1)))
    func told() async throws {
        let tree = try Tree()
        tree.write("place/file", "")
        let place = tree.path("place")
        let changes = Mutex(0)
        let watch = try AttributeWatch()
        watch.watch(["/proc/self/mountinfo"])
        let watching = Task {
            while !Task.isCancelled {
                await watch.change()
                changes.withLock { $0 += 1 }
            }
        }
        // The mark is for whoever waits already; the first change only shows that somebody does.
        while changes.withLock({ $0 }) == 0 {
            #expect(Mounts.mount(place) && Mounts.unmount(place))
            for _ in 0..<100 { await Task.yield() }
        }
        let before = changes.withLock { $0 }
        while changes.withLock({ $0 }) == before {
            #expect(Mounts.mount(place) && Mounts.unmount(place))
            for _ in 0..<100 { await Task.yield() }
        }
        watching.cancel()
        await watching.value
    }
}

/// Mounting for tests.
private enum Mounts {
    static let isPermitted: Bool = {
        guard let tree = try? Tree() else { return false }
        tree.write("place/file", "")
        let place = tree.path("place")
        return mount(place) && unmount(place)
    }()

    static func mount(_ place: String) -> Bool { Glibc.mount("jet-test", place, "tmpfs", 0, nil) == 0 }

    static func unmount(_ place: String) -> Bool { umount(place) == 0 }
}
