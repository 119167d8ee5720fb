internal import CLinux
internal import Glibc
package import Netlink
internal import Readiness

/// The name of this machine and its addresses, and a way to wait for their changes.
package struct HostFacts: Hashable, Sendable {
    /// The kernel's host name.
    package var name: String
    /// The addresses that other machines can use.
    package var addresses: [String]

    package init(name: String, addresses: [String]) {
        self.name = name
        self.addresses = addresses
    }

    /// What the kernel says now.
    package static func current() throws(NetlinkError) -> HostFacts {
        HostFacts(name: hostName(), addresses: try LocalAddress.all().map(\.description))
    }

    private static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// The numbers of the links of this network namespace.
func linkNumbers() -> [Int32] {
    guard let links = if_nameindex() else { return [] }
    defer { if_freenameindex(links) }
    var numbers: [Int32] = []
    // The list ends with a link of number 0.
    var next = links
    while next.pointee.if_index != 0 {
        numbers.append(Int32(bitPattern: next.pointee.if_index))
        next += 1
    }
    return numbers
}

/// Waits for changes of the host name: the kernel reports them to poll(2) on /proc/sys/kernel/hostname, as an exceptional
/// condition. epoll(7) turns that into something to read.
final class HostNameWatch: Sendable {
    private let epoll: Int32
    private let file: Int32

    init?() {
        let file = open("/proc/sys/kernel/hostname", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else {
            close(file)
            return nil
        }
        // The last bit is EPOLLET: one event for each change.
        var event = epoll_event()
        event.events = EPOLLPRI.rawValue | 1 << 31
        guard epoll_ctl(epoll, EPOLL_CTL_ADD, file, &event) == 0 else {
            close(epoll)
            close(file)
            return nil
        }
        (self.epoll, self.file) = (epoll, file)
        discard()
    }

    deinit {
        close(epoll)
        close(file)
    }

    /// Waits until the name has changed, or the task is cancelled.
    func changed() async {
        await Readiness.read(of: epoll)
        discard()
    }

    private func discard() {
        var event = epoll_event()
        while epoll_wait(epoll, &event, 1, 0) > 0 {}
    }
}
