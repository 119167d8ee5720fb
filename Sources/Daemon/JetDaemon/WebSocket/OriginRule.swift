import Glibc
import NIOHTTP1

/// Which pages may connect: what a WebSocket handshake's `Origin` must be.
///
/// A browser lets any page open a WebSocket to any address, the loopback of its own machine included, and tells the other
/// side only where the page came from: in `Origin`, which a page cannot change (RFC 6454, RFC 6455 section 10.2). Programs
/// that are no browsers send none, and could send whatever they like; they have to reach the port by themselves, and
/// keeping them out is not what this is for. So a handshake is accepted if
///
/// - it has no `Origin`: it is no page's;
/// - the origin was allowed by name;
/// - the origin's host is the loopback: `localhost`, 127.0.0.0/8 or `[::1]`. Such a page was served by a program of this
///   very machine, which could connect by itself. No page from elsewhere can have this origin, since browsers do not ask
///   anybody what `localhost` is;
/// - the origin is the address that the handshake asked for: a page of this daemon itself. Host and port must be the same
///   ones as in `Host`, and that must be a name which really is this machine's.
///
/// The last condition is there because of DNS rebinding. Whoever owns `evil.example` can serve a page from there and then
/// have the name mean 127.0.0.1. To the browser the page and the daemon are then one origin, and `Origin` and `Host` agree:
/// both say `evil.example:11123`. What the attacker cannot do is to serve a page under a name that is not its own. So
/// `Host` must be an address, which means nothing but itself; the name of this machine, alone or under `.local`; or the
/// host of an origin that was allowed.
public struct OriginRule: Hashable, Sendable {
    /// An origin that pages can have, as it stands in the header: `https://panel.example`, or `null` for pages that have
    /// none, such as files.
    public struct Origin: Hashable, Sendable, CustomStringConvertible {
        /// In small letters.
        public let description: String
        /// Host and port, as `Host` says them; empty for `null`.
        let authority: Substring

        /// Reads an origin; `nil` if it is none: it is a scheme, a host, perhaps a port, and no more.
        public init?(_ text: String) {
            description = text.lowercased()
            guard description != "null" else {
                authority = ""
                return
            }
            guard let colon = description.firstIndex(of: ":"), description[colon...].hasPrefix("://") else {
                return nil
            }
            authority = description[colon...].dropFirst(3)
            let scheme = description[..<colon].utf8
            let isScheme = scheme.allSatisfy { (0x61...0x7A).contains($0) || (0x2B...0x39).contains($0) }
            let isAuthority = authority.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"/?#@\\,*".utf8.contains($0) }
            guard !scheme.isEmpty, isScheme, isAuthority, Host(authority) != nil else { return nil }
        }
    }

    /// Whether every page may connect.
    public var allowsAll = false
    /// Pages that may.
    public var allowed: Set<Origin> = []

    /// Pages of this machine and of this daemon alone.
    public init() {}

    /// Allows the pages of an origin, as it stands in the header, or all for `*`.
    ///
    /// - Returns: Whether it is one.
    public mutating func allow(_ text: String) -> Bool {
        if text == "*" {
            allowsAll = true
        } else if let origin = Origin(text) {
            allowed.insert(origin)
        } else {
            return false
        }
        return true
    }

    /// Allows what `other` allows, too.
    public mutating func formUnion(_ other: OriginRule) {
        allowsAll = allowsAll || other.allowsAll
        allowed.formUnion(other.allowed)
    }

    /// Whether a request may become a WebSocket.
    func admits(_ request: HTTPRequestHead) -> Bool {
        admits(origins: request.headers["origin"], hosts: request.headers["host"], hostName: Self.hostName)
    }

    /// Whether a request may become a WebSocket that has these headers `Origin` and `Host`, if this machine is called so.
    func admits(origins: [String], hosts: [String], hostName: String) -> Bool {
        guard !origins.isEmpty, !allowsAll else { return true }
        guard origins.count == 1, let origin = Origin(origins[0]) else { return false }
        if allowed.contains(origin) { return true }
        guard let page = Host(origin.authority) else { return false }
        if page.isLoopback { return true }
        guard hosts.count == 1, hosts[0].lowercased() == origin.authority else { return false }
        let names = [hostName, hostName + ".local", String(hostName.prefix { $0 != "." }) + ".local"]
        return page.isAddress || names.contains(page.name) || allowed.contains { Host($0.authority)?.name == page.name }
    }

    /// What this machine is called, in small letters.
    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).lowercased()
    }
}

/// The host of an origin.
private struct Host {
    /// Without brackets and port, in small letters.
    let name: String
    /// Whether it is a number that no name service is asked about.
    let isAddress: Bool
    let isLoopback: Bool

    /// Reads `host[:port]`.
    init?(_ authority: Substring) {
        let isBracketed = authority.hasPrefix("[")
        let end = isBracketed ? authority.firstIndex(of: "]") : authority.firstIndex(of: ":") ?? authority.endIndex
        guard let end else { return nil }
        let host = isBracketed ? authority[..<end].dropFirst() : authority[..<end]
        let rest = isBracketed ? authority[end...].dropFirst() : authority[end...]
        guard !host.isEmpty else { return nil }
        if !rest.isEmpty {
            guard rest.first == ":", let port = Int(rest.dropFirst()), (1...65535).contains(port) else { return nil }
        }
        name = String(host)
        var address = [UInt8](repeating: 0, count: 16)
        if isBracketed {
            guard inet_pton(AF_INET6, name, &address) == 1 else { return nil }
            isAddress = true
            isLoopback = address.dropLast().allSatisfy { $0 == 0 } && address.last == 1
        } else {
            isAddress = inet_pton(AF_INET, name, &address) == 1
            isLoopback = isAddress ? address[0] == 127 : name == "localhost"
        }
    }
}
