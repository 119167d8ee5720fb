internal import Glibc
internal import Netlink
internal import Systemd

/// Finds devices over Avahi: its browser reports instances as they appear, and each is resolved at once.
struct AvahiBrowser: Sendable {
    let bus: any MessageBus

    private static let interface = "org.freedesktop.Avahi.ServiceBrowser"

    func browse(timeout: Duration, into found: DiscoveredDevices) async throws(DBusError) {
        // Avahi sends the first results right after the reply, so listening begins before.
        let sequence = try await bus.signals(SignalMatch(sender: Avahi.service, interface: Self.interface))
        let avahi = Avahi(bus: bus)
        guard
            let path = try await avahi.call(
                "ServiceBrowserNew", Avahi.any, Avahi.any, .string(ServiceRecord.type), .string(""), .uint32(0)
            ).first?.string
        else { throw DBusError(message: "Avahi made no browser") }
        let failure = await within(timeout) { () -> DBusError? in
            await withTaskGroup { group in
                var count = 0
                for await signal in sequence where signal.path == path {
                    if signal.member == "Failure" {
                        return DBusError(message: signal.arguments.first?.string ?? "Avahi's browser failed")
                    }
                    guard signal.member == "ItemNew", signal.arguments.count >= 5, count < DiscoveredDevices.limit
                    else {
                        continue
                    }
                    count += 1
                    let item = Array(signal.arguments.prefix(5))
                    group.addTask { await resolve(item, into: found) }
                }
                return nil
            }
        }
        _ = try? await avahi.call("Free", at: path, of: Self.interface)
        if let failure { throw failure }
    }

    /// Resolves an instance: its link, protocol, name, type and domain.
    private func resolve(_ item: [DBusValue], into found: DiscoveredDevices) async {
        let answer = try? await bus.call(
            MethodCall(
                destination: Avahi.service, path: "/", interface: Avahi.server, member: "ResolveService",
                arguments: item + [Avahi.any, .uint32(0)]))
        guard let answer, answer.count >= 10, let name = answer[2].string, let host = answer[5].string,
            let address = answer[7].string
        else { return }
        let link = answer[0].int.flatMap(UInt32.init(exactly:)).flatMap(linkName)
        await found.add(
            name: name, host: host,
            addresses: LocalAddress(address).map { [addressText($0, link: link)] } ?? [], port: answer[8].int,
            text: answer[9].array?.compactMap(\.bytes) ?? [])
    }
}

/// Runs `body` until it returns or the time is over.
///
/// - Returns: What it returned; `nil` when the time was over first.
func within<Value: Sendable>(_ timeout: Duration, _ body: @escaping @Sendable () async -> Value?) async -> Value? {
    await withTaskGroup(of: Value?.self) { group in
        group.addTask { await body() }
        group.addTask {
            try? await Task.sleep(for: timeout)
            return nil
        }
        defer { group.cancelAll() }
        return await group.next() ?? nil
    }
}

/// The name of a link by its number.
func linkName(_ index: UInt32) -> String? {
    var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
    guard if_indextoname(index, &name) != nil else { return nil }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

extension DBusValue {
    /// The bytes of an array of bytes.
    var bytes: [UInt8]? {
        guard let array else { return nil }
        let bytes = array.compactMap { if case .byte(let byte) = $0 { byte } else { nil } }
        return bytes.count == array.count ? bytes : nil
    }
}
