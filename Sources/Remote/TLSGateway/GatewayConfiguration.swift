/// What a gateway needs to know.
public struct GatewayConfiguration: Sendable {
    /// The oldest version of TLS that is accepted.
    public enum Version: String, CaseIterable, Sendable {
        /// TLS 1.2.
        case tls12 = "1.2"
        /// TLS 1.3.
        case tls13 = "1.3"
    }

    /// The unix socket of the daemon where it expects gateways.
    public var daemon: String
    /// The oldest version of TLS that is accepted.
    public var minimumVersion = Version.tls12
    /// How many handshakes there may be at the same time.
    public var handshakes = 256
    /// How long a handshake may take, from the connection on.
    public var handshakeTimeout = Duration.seconds(10)
    /// How many connections there may be.
    public var connections = 4096
    /// How many connections an address may have. All addresses of an IPv6 network of 64 bits count as one.
    public var connectionsPerAddress = 64

    /// The configuration of a gateway with this daemon.
    public init(daemon: String) { self.daemon = daemon }

    /// How many connections there can be with this limit of descriptors. Each needs two: one for the peer and one for the
    /// daemon. The rest is for listening sockets, the log and files.
    public static func connections(ofDescriptors limit: Int) -> Int { max((limit - 32) / 2, 1) }
}

/// Why a gateway cannot do what it should.
public struct GatewayError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason, and what to do.
    public let description: String

    /// An error with this reason.
    public init(_ description: String) { self.description = description }
}
