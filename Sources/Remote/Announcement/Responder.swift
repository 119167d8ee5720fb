internal import Systemd

/// A service of the system that answers multicast DNS: Avahi, or systemd-resolved.
protocol Responder: Sendable {
    /// What people call it.
    var title: String { get }
    /// Its name on the bus.
    var busName: String { get }

    /// Why it cannot announce anything, although it runs; `nil` if it can.
    func obstacle() async throws(DBusError) -> String?

    /// Announces a service, follows its names, and keeps it announced until the task is cancelled. The service is no
    /// longer announced when it returns.
    ///
    /// - Parameter report: Receives what the network sees, at each change.
    /// - Throws: `DBusError` if the responder ends or refuses.
    func announce(_ record: ServiceRecord, report: @escaping @Sendable (Published) -> Void) async throws(DBusError)
}

/// What the network sees of this device.
struct Published: Hashable, Sendable {
    /// The name of the service; `nil` while it is not announced.
    var service: String?
    /// The name of the host, such as `shed.local`; `nil` while it has none.
    var host: String?
}

extension MessageBus {
    /// Whether a name on the bus has an owner. It does not start the service.
    func isRunning(_ name: String) async throws(DBusError) -> Bool {
        let answer = try await call(
            MethodCall(
                destination: "org.freedesktop.DBus", path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus",
                member: "NameHasOwner", arguments: [.string(name)]))
        return answer.first?.bool ?? false
    }
}

/// Signals of several sequences as one, which ends with the first of them.
struct MergedSignals: Sendable {
    let stream: AsyncStream<Signal>
    private let tasks: [Task<Void, Never>]

    init(_ sequences: [SignalSequence]) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Signal.self, bufferingPolicy: .bufferingOldest(SignalSequence.capacity))
        self.stream = stream
        tasks = sequences.map { sequence in
            Task {
                for await signal in sequence {
                    if case .dropped = continuation.yield(signal) { break }
                }
                continuation.finish()
            }
        }
    }

    /// Ends the subscriptions.
    func cancel() { for task in tasks { task.cancel() } }
}
