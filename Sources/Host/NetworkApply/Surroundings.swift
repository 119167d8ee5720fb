internal import Glibc
public import Handover

/// What a change needs of the machine beside its files: tests put their own in its place.
public struct Surroundings: Sendable {
    /// Seconds since 1970.
    public var now: @Sendable () -> Int
    /// Milliseconds of CLOCK_MONOTONIC.
    public var sinceBoot: @Sendable () -> Int
    /// Returns the given number of random bytes, which cannot be predicted.
    public var random: @Sendable (Int) -> [UInt8]
    /// Waits.
    public var sleep: @Sendable (Duration) async throws -> Void

    /// These surroundings.
    public init(
        now: @escaping @Sendable () -> Int, sinceBoot: @escaping @Sendable () -> Int,
        random: @escaping @Sendable (Int) -> [UInt8], sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sinceBoot = sinceBoot
        self.random = random
        self.sleep = sleep
    }

    /// Those of this machine.
    public static let machine = Surroundings(
        now: { time(nil) },
        sinceBoot: {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
        },
        random: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in generator.next() }
        },
        sleep: { try await Task.sleep(for: $0) })
}

/// The kernel's side of network links.
public protocol KernelLinks: Sendable {
    /// What the kernel has of the link now.
    func state(of link: String) throws(DiskError) -> KernelState

    /// Makes the link's largest packet so large.
    func setMTU(_ mtu: Int, of link: String) throws(DiskError)

    /// Takes the link administratively down.
    func takeDown(_ link: String) throws(DiskError)
}

/// The services that a change needs, by whatever way they are reached.
public protocol NetworkServices: Sendable {
    /// Schedules the rollback in the given number of seconds, even if this process has ended by then.
    func armRollback(after seconds: Int) async throws(ServiceError)

    /// Cancels the scheduled rollback.
    func disarmRollback() async throws(ServiceError)

    /// Asks networkd to read its files again.
    func reload() async throws(ServiceError)

    /// Asks networkd to reconfigure the link with this index.
    func reconfigure(_ index: Int) async throws(ServiceError)

    /// Whether NetworkManager runs and manages the link.
    func isManagedByNetworkManager(_ link: String) async throws(ServiceError) -> Bool
}

/// Why a service did not do what it was asked for.
public struct ServiceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The service and its words.
    public let description: String

    /// An error in words.
    public init(_ description: String) { self.description = description }
}
