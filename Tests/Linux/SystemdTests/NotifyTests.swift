import Glibc
import Synchronization
import Testing

@testable import Systemd

/// What the service manager hears. A datagram socket stands in for it.
@Suite(.serialized)
struct NotifyTests {
    @Test("without a service manager nobody is told, and that is no error")
    func alone() throws {
        unsetenv("NOTIFY_SOCKET")
        #expect(try !Notify.ready())
        #expect(try !Notify.status("12 peers"))
    }

    @Test("each word arrives in one datagram")
    func words() throws {
        let manager = try Manager()
        #expect(try Notify.ready(status: "12 peers"))
        #expect(manager.heard() == "READY=1\nSTATUS=12 peers")
        #expect(try Notify.status("13 peers"))
        #expect(manager.heard() == "STATUS=13 peers")
        #expect(try Notify.alive())
        #expect(manager.heard() == "WATCHDOG=1")
        #expect(try Notify.stopping())
        #expect(manager.heard() == "STOPPING=1")
    }

    @Test("a reload says since when, by the monotonic clock in microseconds")
    func reload() throws {
        let manager = try Manager()
        #expect(try Notify.reloading())
        let lines = manager.heard().split(separator: "\n")
        #expect(lines.first == "RELOADING=1")
        let time = try #require(lines.last?.split(separator: "=").last.flatMap { Int64($0) })
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        #expect(time > 0 && time <= (Int64(now.tv_sec) + 1) * 1_000_000)
    }

    @Test("a status cannot say anything else than a status")
    func injection() throws {
        let manager = try Manager()
        #expect(try Notify.status("hello\nMAINPID=1\r\nREADY=1"))
        #expect(manager.heard() == "STATUS=hello MAINPID=1 READY=1")
    }

    @Test("pings and statuses do not wait for a service manager that does not read")
    func full() throws {
        let manager = try Manager()
        #expect(throws: SystemdError(function: "sendto(2)", code: EAGAIN)) {
            // A queue of datagrams has a bound (net.unix.max_dgram_qlen).
            for _ in 0..<100_000 { try Notify.alive() }
        }
        #expect(throws: SystemdError(function: "sendto(2)", code: EAGAIN)) { try Notify.status("12 peers") }
        while !manager.heard().isEmpty {}
        #expect(try Notify.alive())
        #expect(manager.heard() == "WATCHDOG=1")
    }

    @Test("a service manager that is gone is an error")
    func gone() throws {
        setenv("NOTIFY_SOCKET", "/tmp/jet-no-such-socket", 1)
        defer { unsetenv("NOTIFY_SOCKET") }
        #expect(throws: SystemdError(function: "sd_notify(3)", code: ENOENT)) { try Notify.ready() }
    }

    @Test("a notifier sends a status only if it is new, and a reload ends with the last one")
    func notifier() throws {
        let manager = try Manager()
        let notifier = ServiceNotifier(status: "0 peers") { Issue.record("\($0)") }
        #expect(notifier.ready())
        #expect(manager.heard() == "READY=1\nSTATUS=0 peers")
        notifier.show("0 peers")
        #expect(manager.heard() == "")
        notifier.show("1 peer")
        #expect(manager.heard() == "STATUS=1 peer")
        notifier.reloading()
        #expect(manager.heard().hasPrefix("RELOADING=1\n"))
        notifier.reloaded(failure: "not reloaded: no file")
        #expect(manager.heard() == "READY=1\nSTATUS=not reloaded: no file")
        notifier.reloaded()
        #expect(manager.heard() == "READY=1\nSTATUS=1 peer")
        // Without a watchdog there is no ping.
        notifier.alive()
        #expect(manager.heard() == "")
        notifier.stopping(status: "until later")
        #expect(manager.heard() == "STOPPING=1\nSTATUS=until later")
    }

    @Test("a notifier sends no more pings than the watchdog needs")
    func pings() throws {
        let manager = try Manager()
        setenv("WATCHDOG_USEC", "3600000000", 1)
        defer { unsetenv("WATCHDOG_USEC") }
        let notifier = ServiceNotifier(status: "") { Issue.record("\($0)") }
        #expect(notifier.pingInterval == .seconds(1200))
        for _ in 0..<3 { notifier.alive() }
        #expect(manager.heard() == "WATCHDOG=1")
        #expect(manager.heard() == "")
    }

    @Test("a notifier reports what it cannot send, and goes on")
    func unsent() throws {
        setenv("NOTIFY_SOCKET", "/tmp/jet-no-such-socket", 1)
        defer { unsetenv("NOTIFY_SOCKET") }
        let errors = Mutex<[SystemdError]>([])
        let notifier = ServiceNotifier(status: "") { error in errors.withLock { $0.append(error) } }
        #expect(notifier.ready())
        notifier.show("1 peer")
        #expect(errors.withLock(\.count) == 2)
    }

    @Test("the watchdog's interval is what the manager says, if it means this process")
    func watchdog() {
        unsetenv("WATCHDOG_USEC")
        #expect(Notify.watchdogInterval == nil)
        setenv("WATCHDOG_USEC", "1500000", 1)
        setenv("WATCHDOG_PID", "\(getpid())", 1)
        #expect(Notify.watchdogInterval == .milliseconds(1500))
        setenv("WATCHDOG_PID", "1", 1)
        #expect(Notify.watchdogInterval == nil)
        unsetenv("WATCHDOG_USEC")
        unsetenv("WATCHDOG_PID")
    }
}

/// Stands in for the service manager, for as long as it lives.
private final class Manager {
    private let descriptor: Int32
    private let path = "/tmp/jet-notify-\(String(UInt64.random(in: 0 ... .max), radix: 36))"

    init() throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        try #require(isBound)
        setenv("NOTIFY_SOCKET", path, 1)
    }

    deinit {
        unsetenv("NOTIFY_SOCKET")
        close(descriptor)
        unlink(path)
    }

    /// The next datagram. It is there already when sd_notify has returned.
    func heard() -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let length = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return String(decoding: bytes.prefix(max(0, length)), as: UTF8.self)
    }
}
