import Files
import Glibc
import Testing
import Udev

/// libudev against this machine's sysfs.
struct UdevTests {
    @Test("the network's devices include the loopback, with what the kernel says of it")
    func loopback() throws {
        let devices = try Udev.devices(of: ["net"], attributes: ["mtu", "address", "no such attribute"])
        let loopback = try #require(devices.first { $0.sysname == "lo" })
        #expect(loopback.subsystem == "net")
        #expect(loopback.syspath.hasSuffix("/devices/virtual/net/lo"))
        #expect(loopback.properties["INTERFACE"] == "lo")
        #expect(loopback.properties["IFINDEX"] == "1")
        #expect(loopback.attributes["address"] == "00:00:00:00:00:00")
        #expect(loopback.attributes.keys.sorted() == ["address", "mtu"])
        #expect(loopback.devnode == nil && loopback.action == nil && loopback.sequenceNumber == nil)
        #expect(devices.allSatisfy { $0.subsystem == "net" })
    }

    @Test("of several subsystems come the devices of each, of one that does not exist none")
    func subsystems() throws {
        let both = try Udev.devices(of: ["net", "mem"])
        #expect(Set(both.compactMap(\.subsystem)) == ["net", "mem"])
        #expect(both.first { $0.sysname == "null" }?.devnode == "/dev/null")
        #expect(try Udev.devices(of: ["no such subsystem"]).isEmpty)
    }

    @Test(
        "an event that the kernel tells arrives, those of other subsystems do not",
        .enabled(if: UEvent.isPermitted, "needs root and a sysfs that can be written to"), .timeLimit(.minutes(1)))
    func event() async throws {
        let monitor = try DeviceMonitor(of: ["mem"], from: .kernel, attributes: ["dev"])
        try UEvent.send("/sys/class/net/lo")
        try UEvent.send("/sys/class/mem/null")
        for try await event in monitor {
            guard case .device(let device) = event else { continue }
            #expect(device.action == "change")
            #expect(device.sysname == "null")
            #expect(device.subsystem == "mem")
            #expect(device.attributes == ["dev": "1:3"])
            #expect((device.sequenceNumber ?? 0) > 0)
            break
        }
    }

    @Test(
        "events that waited in somebody else's socket are told, to one monitor after the other, and filtered as each wants",
        .enabled(if: UEvent.isPermitted, "needs root and a sysfs that can be written to"), .timeLimit(.minutes(1)))
    func shared() async throws {
        let socket = try UEvent.socket()
        defer { close(socket) }
        for (subsystem, wanted, other) in [
            ("mem", "/sys/class/mem/null", "/sys/class/net/lo"), ("net", "/sys/class/net/lo", "/sys/class/mem/null"),
        ] {
            try UEvent.send(other)
            try UEvent.send(wanted)
            let monitor = try DeviceMonitor(of: [subsystem], from: .kernel, sharing: socket)
            try UEvent.send(other)
            try UEvent.send(wanted)
            var told = 0
            while told < 2 {
                for event in try await monitor.batch() {
                    guard case .device(let device) = event else { continue }
                    #expect(device.subsystem == subsystem)
                    told += device.syspath.text.hasSuffix(wanted.dropFirst("/sys/class".count)) ? 1 : 0
                }
            }
        }
    }

    @Test("a monitor that waits ends when its task is cancelled", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        let monitor = try DeviceMonitor(of: ["no such subsystem"])
        let waiting = Task {
            var events = monitor.makeAsyncIterator()
            return try await events.next()
        }
        await Task.yield()
        waiting.cancel()
        #expect(try await waiting.value == nil)
    }
}

/// Has the kernel tell of a device as if it had changed, which changes nothing.
private enum UEvent {
    static let isPermitted = geteuid() == 0 && access("/sys/class/mem/null/uevent", W_OK) == 0

    /// A socket that hears of the kernel's events, and that libudev knows nothing about.
    static func socket() throws -> Int32 {
        let kind = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = Glibc.socket(AF_NETLINK, kind, 15)  // NETLINK_KOBJECT_UEVENT
        try #require(descriptor >= 0)
        // struct sockaddr_nl of netlink(7): family, padding, port, groups.
        var address: (UInt16, UInt16, UInt32, UInt32) = (UInt16(AF_NETLINK), 0, 0, 1)
        let size = socklen_t(MemoryLayout.size(ofValue: address))
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 }
        }
        try #require(isBound)
        var yes: Int32 = 1
        try #require(setsockopt(descriptor, SOL_SOCKET, SO_PASSCRED, &yes, socklen_t(MemoryLayout<Int32>.size)) == 0)
        return descriptor
    }

    static func send(_ device: String) throws {
        let descriptor = open(device + "/uevent", O_WRONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        #expect(write(descriptor, "change", 6) == 6)
    }
}
