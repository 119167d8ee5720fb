import Netlink
import Glibc
import Testing

@testable import AgentCore
@testable import Providers

/// A network namespace of the test's own, in which it may make and unmake links without touching the machine's.
final class NetworkNamespace: Sendable {
    private let descriptor: Int32

    /// Whether this process may make one (it takes CAP_SYS_ADMIN), and has ip(8) to work in it.
    static let isPermitted: Bool = (try? NetworkNamespace()) != nil && Command.ip != nil

    /// A new namespace, which lives as long as this object.
    init() throws {
        let outside = Self.current()
        defer { close(outside) }
        guard Self.unshare() == 0 else { throw NetlinkError("unshare") }
        descriptor = Self.current()
        guard Self.setns(outside) == 0 else { fatalError("the thread is caught in the namespace") }
    }

    deinit { close(descriptor) }

    /// Does `body` with the calling thread in the namespace: sockets and processes that it opens are of there.
    func inside<Value>(_ body: () throws -> Value) rethrows -> Value {
        let outside = Self.current()
        defer {
            let isBack = Self.setns(outside) == 0
            precondition(isBack, "the thread is caught in the namespace")
            close(outside)
        }
        precondition(Self.setns(descriptor) == 0)
        return try body()
    }

    /// Runs ip(8) in the namespace.
    @discardableResult
    func ip(_ arguments: String) throws -> String {
        let ip = try #require(Command.ip)
        return try inside { try Command.output("\(ip) \(arguments)") }
    }

    // The importer leaves out what glibc declares for _GNU_SOURCE alone.
    private typealias UnshareFunction = @convention(c) (Int32) -> Int32
    private typealias SetnsFunction = @convention(c) (Int32, Int32) -> Int32
    private static let newNetwork: Int32 = 0x4000_0000

    private static func unshare() -> Int32 {
        guard let symbol = dlsym(nil, "unshare") else { return -1 }
        return unsafeBitCast(symbol, to: UnshareFunction.self)(newNetwork)
    }

    private static func setns(_ descriptor: Int32) -> Int32 {
        guard let symbol = dlsym(nil, "setns") else { return -1 }
        return unsafeBitCast(symbol, to: SetnsFunction.self)(descriptor, newNetwork)
    }

    private static func current() -> Int32 { open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC) }
}

/// Programs that tests compare with.
enum Command {
    /// Where ip(8) is, if it is installed.
    static let ip: String? = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip"].first { access($0, X_OK) == 0 }

    /// What a command prints.
    static func output(_ command: String) throws -> String {
        let file = try #require(popen(command, "re"))
        let text = Fixture.readAll(file)
        #expect(pclose(file) == 0, "\(command)")
        return text
    }
}
