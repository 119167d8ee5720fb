import Files
import Glibc
import Systemd
import TestSupport
import Testing

@testable import Announcement

/// With Avahi itself, on a message bus and in a network of the test's own; only if it is installed, and by root.
@Suite(
    "With a real Avahi", .timeLimit(.minutes(2)),
    .enabled(if: access(RealAvahi.program, X_OK) == 0 && geteuid() == 0))
struct RealAvahiTests {
    @Test func `A device is announced, found with its fingerprint, and not found after it has left`() async throws {
        let (avahi, machine) = (try await RealAvahi.start(), try Machine())
        let bus = SystemBus(address: avahi.address)
        try await machine.announcing(on: bus) { announcer in
            try await machine.wait { machine.status == "announced as shed on avahi-host.local by Avahi" }
            #expect(machine.lines("name") == ["avahi-host.local"])
            let device = try #require(
                try await discover(timeout: .seconds(2), on: SystemBus(address: avahi.address)).first)
            #expect(device.name == "shed")
            #expect(device.host == "avahi-host.local")
            #expect(device.port == 11124)
            #expect(device.fingerprint == Machine.fingerprint)
            machine.rename("barn")
            announcer.check()
            try await machine.wait { machine.status == "announced as barn on avahi-host.local by Avahi" }
        }
        // Avahi keeps what it has heard a moment longer than it was true (RFC 6762, §10.1).
        var left = 20
        while left > 0, try await !discover(timeout: .seconds(1), on: SystemBus(address: avahi.address)).isEmpty {
            left -= 1
        }
        #expect(left > 0)
    }

    @Test func `A second service of the same name gets another one`() async throws {
        let (avahi, first, second) = (try await RealAvahi.start(), try Machine(), try Machine())
        try await first.announcing(on: SystemBus(address: avahi.address)) { _ in
            try await first.wait { first.status == "announced as shed on avahi-host.local by Avahi" }
            // The same service twice would not be a collision.
            second.certify(nil)
            try await second.announcing(on: SystemBus(address: avahi.address)) { _ in
                try await second.wait { second.status == "announced as shed #2 on avahi-host.local by Avahi" }
            }
        }
    }
}

/// An avahi-daemon that only the loopback link of its own network namespace sees.
final class RealAvahi: Sendable {
    static let program = "/usr/sbin/avahi-daemon"

    let address: String
    private let folder: TemporaryFolder
    private let bus: ChildProcess
    private let daemon: ChildProcess

    private init(_ folder: TemporaryFolder, _ address: String, _ bus: ChildProcess, _ daemon: ChildProcess) {
        (self.folder, self.address, self.bus, self.daemon) = (folder, address, bus, daemon)
    }

    static func start() async throws -> RealAvahi {
        let folder = try TemporaryFolder()
        // A socket with a path: abstract ones belong to a network namespace.
        let address = "unix:path=\(folder.path)/bus"
        let bus = try ChildProcess(
            "/usr/bin/dbus-daemon", ["--session", "--print-address", "--nofork", "--nopidfile", "--address=\(address)"])
        try await bus.wait { $0.contains("\n") }
        let configuration = """
            [server]
            host-name=avahi-host
            allow-interfaces=lo
            [publish]
            publish-workstation=no
            """
        try File.replace("\(folder.path)/conf", with: Array(configuration.utf8), mode: 0o644)
        let script = """
            ip link set lo up multicast on && mount -t tmpfs tmpfs /run && mkdir /run/avahi-daemon || exit
            exec \(program) --no-drop-root --no-chroot --no-rlimits --no-proc-title -f \(folder.path)/conf
            """
        let daemon = try ChildProcess(
            "/usr/bin/unshare", ["--net", "--mount", "/bin/sh", "-c", script],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DBUS_SYSTEM_BUS_ADDRESS": address])
        try await daemon.wait(.error) { $0.contains("Server startup complete") }
        return RealAvahi(folder, address, bus, daemon)
    }

    deinit {
        daemon.send(SIGTERM)
        bus.send(SIGTERM)
    }
}
