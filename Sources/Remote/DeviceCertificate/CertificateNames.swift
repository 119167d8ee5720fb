internal import Files
internal import Glibc
internal import Netlink
internal import Text

/// The names and addresses that a device's certificate is for.
///
/// Every name and address in it is valid: others are left out, so that a name cannot be anything but a name in the
/// configuration of openssl.
package struct CertificateNames: Hashable, Sendable, CustomStringConvertible {
    /// Host names in lower case, without duplicates; the first is the machine's own.
    package let hosts: [String]
    /// Addresses as inet_ntop(3) writes them, without duplicates.
    package let addresses: [String]

    /// The most names, and the most addresses. A certificate with more of them would not fit into one flight of a handshake.
    package static let limit = 64

    /// The valid ones of these names and addresses, up to `limit`.
    package init(hosts: [String], addresses: [String]) {
        self.hosts = Self.unique(hosts.map { $0.lowercased() }.filter(HostName.isValid))
        self.addresses = Self.unique(addresses.compactMap { LocalAddress($0)?.description })
    }

    private static func unique(_ texts: [String]) -> [String] {
        var known: Set<String> = []
        return Array(texts.filter { known.insert($0).inserted }.prefix(limit))
    }

    /// Host names, then addresses.
    package var all: [String] { hosts + addresses }

    /// All of them, with spaces between.
    package var description: String { all.joined(separator: " ") }

    /// Whether each name and address is also one of `others`.
    package func isCovered(by others: CertificateNames) -> Bool {
        Set(hosts).isSubset(of: others.hosts) && Set(addresses).isSubset(of: others.addresses)
    }
}

// MARK: - Of this machine

extension CertificateNames {
    /// The names of this machine, and its addresses: the host name, the same in the domain `local`, `localhost`, the name by
    /// which multicast DNS publishes the machine, and all addresses that are not of one link only or temporary.
    ///
    /// - Parameter announced: The file with the name that multicast DNS publishes, which jet-announce(8) writes. It need
    ///   not exist, and its contents are not trusted.
    package static func ofThisMachine(
        announced: String = "/run/jet-announce/name"
    ) throws(CertificateError) -> CertificateNames {
        var hosts: [String] = []
        let name = hostName()
        if let name, name != "localhost" {
            let label = String(name.prefix { $0 != "." })
            hosts += name == label ? [name, "\(label).local"] : [name, label, "\(label).local"]
        }
        hosts.append("localhost")
        if let name = announcedName(announced) { hosts.append(name) }
        do throws(NetlinkError) {
            return CertificateNames(
                hosts: hosts, addresses: ["127.0.0.1", "::1"] + (try LocalAddress.all()).map(\.description))
        } catch {
            throw CertificateError(.inaccessible, "cannot read the addresses of this machine: \(error)")
        }
    }

    /// The host name, if it is a valid one.
    private static func hostName() -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return nil }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return HostName.isValid(name) ? name.lowercased() : nil
    }

    /// The first line of the file, if it is a valid name in the domain `local`.
    static func announcedName(_ path: String) -> String? {
        guard let bytes = try? File.regularContents(path, limit: 512),
            let line = String(validating: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self),
            HostName.isValid(line), line.lowercased().hasSuffix(".local")
        else { return nil }
        return line.lowercased()
    }
}
