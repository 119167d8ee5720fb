import Glibc
import NIOHTTP1

/// The web pages that may connect, by the `Origin` header of the WebSocket handshake.
///
/// A browser lets any page open a WebSocket to any address, including the loopback of its own machine. It only sends the
/// origin of the page in `Origin`, which the page cannot change (RFC 6454, RFC 6455 section 10.2). Other programs need not
/// send the header and could send anything in it; this rule does not protect against them. A handshake is accepted if
///
/// - it has no `Origin`, so it does not come from a page;
/// - the origin is in the list of allowed origins;
/// - the host of the origin is the loopback: `localhost`, 127.0.0.0/8 or `[::1]`. Such a page was served by a program on
///   this machine, which could connect itself. No other page can have this origin, since browsers do not look up
///   `localhost`;
/// - the origin is the address that the handshake was sent to: a page of this daemon. Its host and port must equal `Host`,
///   and the host must be a name of this machine.
///
/// The last condition prevents DNS rebinding. The owner of `evil.example` can serve a page from there and then let the name
/// resolve to 127.0.0.1. To the browser the page and the daemon then have the same origin, and both headers say
/// `evil.example:11123`. But an attacker cannot serve a page under a name of somebody else. So `Host` must be an address,
/// the name of this machine, alone or under `.local`, or the host of an allowed origin.
///
/// Through a gateway, pages are stricter held apart, since the browser is on another machine, and may show a client
/// certificate with each connection, whatever page has opened it:
///
/// - A page of the loopback is one of the browser's machine, not of this one, so it is a foreign page.
/// - With TLS, the daemon's own page has the scheme `https`. Its host may have any name: the browser has compared the name
///   with the certificate, which an attacker's server cannot have for its name and this machine.
/// - `*` does not allow pages of unknown origin to connect with a client certificate.
public struct OriginRule: Hashable, Sendable {
    /// An origin in the form of the header: `https://panel.example`, or `null` for pages without one, such as files.
    public struct Origin: Hashable, Sendable, CustomStringConvertible {
        /// The origin in lower case.
        public let description: String
        /// Host and port, as in `Host`; empty for `null`.
        let authority: Substring
        /// Whether the page was served with TLS.
        var isSecure: Bool { description.hasPrefix("https://") }

        /// Parses an origin: a scheme, a host and optionally a port; `nil` if it is malformed.
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

    /// Whether all pages may connect.
    public var allowsAll = false
    /// The allowed origins.
    public var allowed: Set<Origin> = []

    /// A rule that allows only pages of this machine and of this daemon.
    public init() {}

    /// Allows the pages of an origin, or all pages for `*`.
    ///
    /// - Returns: Whether the origin is well-formed.
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

    /// Adds what `other` allows.
    public mutating func formUnion(_ other: OriginRule) {
        allowsAll = allowsAll || other.allowsAll
        allowed.formUnion(other.allowed)
    }

    /// Whether a request of this peer may become a WebSocket.
    func admits(_ request: HTTPRequestHead, of peer: PeerIdentity) -> Bool {
        admits(
            origins: request.headers["origin"], hosts: request.headers["host"], through: peer.forwarding,
            hostName: Self.hostName)
    }

    /// Whether the header `Host` of a request names this machine. With TLS any name does, since the browser has compared it
    /// with the certificate.
    func knowsHost(of request: HTTPRequestHead, of peer: PeerIdentity) -> Bool {
        knowsHost(request.headers["host"], through: peer.forwarding, hostName: Self.hostName)
    }

    /// Whether a header `Host` names a machine with this name.
    func knowsHost(
        _ hosts: [String], through forwarding: PeerIdentity.Forwarding? = nil, hostName: String
    ) -> Bool {
        // Without the header it is no browser.
        if hosts.isEmpty || allowsAll || forwarding?.isEncrypted == true { return true }
        guard hosts.count == 1, let host = Host(hosts[0].lowercased()[...]) else { return false }
        return host.isLoopback || names(host, hostName)
    }

    /// Whether a host is an address, this machine, or that of an allowed origin.
    private func names(_ host: Host, _ hostName: String) -> Bool {
        let names = [hostName, hostName + ".local", String(hostName.prefix { $0 != "." }) + ".local"]
        return host.isAddress || names.contains(host.name) || allowed.contains { Host($0.authority)?.name == host.name }
    }

    /// Whether a request with these headers `Origin` and `Host` may become a WebSocket on a machine with this name.
    ///
    /// - Parameter forwarding: What a gateway says of the connection; `nil` for one to the daemon itself.
    func admits(
        origins: [String], hosts: [String], through forwarding: PeerIdentity.Forwarding? = nil, hostName: String
    ) -> Bool {
        guard !origins.isEmpty else { return true }
        if allowsAll, forwarding?.hasCertificate != true { return true }
        guard origins.count == 1, let origin = Origin(origins[0]) else { return false }
        if allowed.contains(origin) { return true }
        guard let page = Host(origin.authority) else { return false }
        if page.isLoopback, forwarding == nil { return true }
        guard hosts.count == 1, hosts[0].lowercased() == origin.authority else { return false }
        if let forwarding, forwarding.isEncrypted { return origin.isSecure }
        return names(page, hostName)
    }

    /// The name of this machine, in lower case.
    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).lowercased()
    }
}

/// The host of an origin.
private struct Host {
    /// The host without brackets and port, in lower case.
    let name: String
    /// Whether it is an IP address.
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
