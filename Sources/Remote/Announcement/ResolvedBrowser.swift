internal import Glibc
internal import Netlink
internal import Systemd

/// Finds devices over systemd-resolved: the names of the instances are PTR records of the type, and resolved resolves
/// each of them.
struct ResolvedBrowser: Sendable {
    let bus: any MessageBus

    private static let domain = "local"

    func browse(timeout: Duration, into found: DiscoveredDevices) async throws(DBusError) {
        let resolved = Resolved(bus: bus)
        if let obstacle = try await resolved.obstacle() { throw DBusError(message: obstacle) }
        let records: [DBusValue]
        do throws(DBusError) {
            // Any link; class IN, type PTR; no flags.
            records =
                try await resolved.call(
                    "ResolveRecord", .int32(0), .string("\(ServiceRecord.type).\(Self.domain)"), .uint16(1),
                    .uint16(12), .uint64(0), timeout: timeout
                ).first?.array ?? []
        } catch {
            // That there is no answer is an answer.
            let absences = ["NoSuchRR", "NoNameServers", "QueryTimedOut", "DnsError.NXDOMAIN", "NetworkDown"]
            if error == .timeout || absences.contains(where: { error.name == "org.freedesktop.resolve1.\($0)" }) {
                return
            }
            throw error
        }
        let names = records.prefix(DiscoveredDevices.limit).compactMap { record -> String? in
            guard let parts = record.structure, parts.count >= 4, let bytes = parts[3].bytes else { return nil }
            return PointerRecord.instance(in: bytes)
        }
        _ = await within(timeout) { () -> Bool? in
            await withTaskGroup { group in
                for name in Set(names) { group.addTask { await resolve(name, resolved, into: found) } }
            }
            return true
        }
    }

    private func resolve(_ name: String, _ resolved: Resolved, into found: DiscoveredDevices) async {
        let answer = try? await resolved.call(
            "ResolveService", .int32(0), .string(name), .string(ServiceRecord.type), .string(Self.domain),
            .int32(AF_UNSPEC), .uint64(0))
        guard let answer, answer.count >= 2, let text = answer[1].array?.compactMap(\.bytes) else { return }
        for service in (answer[0].array ?? []).prefix(4) {
            // Priority, weight, port, host, addresses, canonical host.
            guard let parts = service.structure, parts.count >= 5, let host = parts[3].string else { continue }
            let addresses = (parts[4].array ?? []).compactMap { entry -> String? in
                guard let parts = entry.structure, parts.count >= 3, let bytes = parts[2].bytes,
                    let address = LocalAddress(bytes: bytes)
                else { return nil }
                return addressText(address, link: parts[0].int.flatMap(UInt32.init(exactly:)).flatMap(linkName))
            }
            await found.add(name: name, host: host, addresses: addresses, port: parts[2].int, text: text)
        }
    }
}

/// A PTR record as resolved hands it out: in the wire format of DNS (RFC 1035, §3.2.1), without compression.
enum PointerRecord {
    /// The first label of the name that the record points to: the name of an instance.
    static func instance(in record: [UInt8]) -> String? {
        var rest = record[...]
        // The owner's name; then type, class, time to live and length.
        guard skipName(&rest), rest.count > 10 else { return nil }
        rest = rest.dropFirst(10)
        guard let length = rest.first, (1...63).contains(length), rest.count > Int(length) else { return nil }
        return String(validating: rest.dropFirst().prefix(Int(length)), as: UTF8.self)
    }

    private static func skipName(_ rest: inout ArraySlice<UInt8>) -> Bool {
        while let length = rest.popFirst() {
            if length == 0 { return true }
            guard length <= 63, rest.count >= Int(length) else { return false }
            rest = rest.dropFirst(Int(length))
        }
        return false
    }
}
