import Glibc
import Testing

@testable import Systemd

/// Sockets that the service manager hands over.
@Suite(.serialized)
struct ListenDescriptorTests {
    @Test("a service that was handed no sockets has none")
    func noSockets() throws {
        unsetenv("LISTEN_PID")
        #expect(try ListenDescriptor.received().isEmpty)
    }

    @Test("sockets that were handed to another process are not taken")
    func foreignSockets() throws {
        setenv("LISTEN_PID", "1", 1)
        setenv("LISTEN_FDS", "1", 1)
        #expect(try ListenDescriptor.received().isEmpty)
        unsetenv("LISTEN_PID")
        unsetenv("LISTEN_FDS")
    }

    @Test("sockets that were handed over are taken once, with their names")
    func handedOver() throws {
        // The first one is always descriptor 3; if this process has none, anything will do.
        if fcntl(3, F_GETFD) < 0 { dup2(STDOUT_FILENO, 3) }
        setenv("LISTEN_PID", "\(getpid())", 1)
        setenv("LISTEN_FDS", "1", 1)
        setenv("LISTEN_FDNAMES", "bus", 1)
        #expect(try ListenDescriptor.received() == [ListenDescriptor(descriptor: 3, name: "bus")])
        #expect(getenv("LISTEN_PID") == nil && getenv("LISTEN_FDS") == nil && getenv("LISTEN_FDNAMES") == nil)
        #expect(fcntl(3, F_GETFD) & FD_CLOEXEC != 0)
        #expect(try ListenDescriptor.received().isEmpty)
    }

    @Test("a descriptor's family can be asked")
    func family() throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        #expect(ListenDescriptor(descriptor: descriptor, name: "bus").family == AF_UNIX)
        #expect(ListenDescriptor(descriptor: -1, name: "").family == nil)
    }
}
