internal import Systemd

/// Says when what a service on the message bus tells may have changed: it sent a signal, came or went, or the bus itself
/// did.
///
/// A machine without the service, or without a bus, is a normal machine; nothing is said about it.
struct BusFollower: Sendable {
    /// The bus.
    let bus: any MessageBus
    /// The service's well-known name.
    let service: String
    /// Which of its signals count.
    let signals: [SignalMatch]
    /// What pauses are measured by.
    let clock: any Clock<Duration>

    /// So long until a bus that is not there, or has gone, is looked for again.
    static let pause = Duration.seconds(30)

    /// Calls `changed` at once and after each change, until the task is cancelled.
    func run(_ changed: @escaping @Sendable () -> Void) async {
        while !Task.isCancelled {
            do {
                var sequences: [SignalSequence] = []
                for match in [.nameOwnerChanged(service)] + signals { sequences.append(try await bus.signals(match)) }
                changed()
                await withTaskGroup { group in
                    for sequence in sequences {
                        group.addTask { for await _ in sequence { changed() } }
                    }
                    // All of them end with the connection, and one that fell behind has missed something.
                    await group.next()
                    group.cancelAll()
                }
            } catch {
                // No bus: it is looked for again.
            }
            changed()
            try? await clock.sleep(for: Self.pause)
        }
    }

    /// Whether the service runs. To ask it something would start it on some systems.
    var isRunning: Bool {
        get async {
            let call = MethodCall(
                destination: "org.freedesktop.DBus", path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus",
                member: "NameHasOwner", arguments: [.string(service)])
            return (try? await bus.call(call))?.first?.bool ?? false
        }
    }
}
