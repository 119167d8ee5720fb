import Digests
import Glibc
import JetBus
import NIOCore
import NIOPosix
import Netlink
import ProxyProtocol

/// What the system, or the gateway that forwards the connection, knows of the other end of a connection.
struct PeerIdentity {
    /// For the bus.
    let credentials: Credentials
    /// Who is charged for the connection.
    let account: AccountName
    /// The user and the groups of a peer on the unix socket, which decide what it may do; `nil` for other peers.
    let local: PeerCredentials?
    /// The address and the port of a peer that is not on the unix socket.
    let end: TCPConnection.End?
    /// The address as text, for the log.
    var host: String { end?.host ?? "unknown" }
    /// Whether another machine on the way could read what is sent.
    let isExposed: Bool
    /// What a gateway knows of the peer; `nil` for a peer that has connected to the daemon itself.
    let forwarding: Forwarding?

    /// What a gateway says of a peer whose connection it forwards.
    struct Forwarding {
        /// Whether the peer has connected to the gateway with TLS.
        let isEncrypted: Bool
        /// Whether the peer has shown a certificate.
        let hasCertificate: Bool
        /// The key of that certificate.
        let key: Fingerprint?
        /// The subject of that certificate, if the administrator's CA has issued it. If the gateway sends only the common
        /// name, `CN=` and that name.
        let subject: String?
    }

    private init(_ credentials: Credentials, local: PeerCredentials?, isExposed: Bool = false) {
        self.init(credentials, local: local, end: nil, isExposed: isExposed, forwarding: nil)
    }

    private init(
        _ credentials: Credentials, local: PeerCredentials?, end: TCPConnection.End?, isExposed: Bool,
        forwarding: Forwarding?
    ) {
        self.credentials = credentials
        self.local = local
        self.end = end
        self.isExposed = isExposed
        self.forwarding = forwarding
        if let userID = credentials.userID {
            account = .userID(userID)
        } else {
            account = credentials.address.map(AccountName.address) ?? .unknown
        }
    }

    /// Examines an accepted socket.
    ///
    /// On the unix socket the kernel tells who has connected. Over TCP on the loopback it tells who has opened the other
    /// end, which only says whom to charge. It is not said of uid 0: programs of root may forward the connections of
    /// others, which must not get what is reserved for the administrator.
    init(of descriptor: Int32, isUnix: Bool, owners: SocketOwners?) {
        var credentials = Credentials()
        if isUnix {
            let local = PeerCredentials(of: descriptor)
            credentials.userID = local?.user
            credentials.groupIDs = local?.groups ?? []
            credentials.processID = local?.process
            self.init(credentials, local: local)
        } else if let connection = TCPConnection(of: descriptor) {
            credentials.setAddress(connection.peer)
            if connection.isLocal, let userID = owners?.userID(of: connection), userID != 0 {
                credentials.userID = userID
            }
            self.init(
                credentials, local: nil, end: connection.peer, isExposed: !connection.isLocal, forwarding: nil)
        } else {
            // It has disconnected.
            self.init(credentials, local: nil, isExposed: true)
        }
    }

    /// The peer that a gateway speaks of; `nil` if the header has no address, so the connection is the gateway's own.
    ///
    /// The peer's account is its address, also on this machine: that of the gateway's user would let all peers share one.
    init?(_ header: ProxyHeader) {
        guard let source = header.source else { return nil }
        let end = TCPConnection.End(address: source.bytes, port: source.port)
        var credentials = Credentials()
        credentials.setAddress(end)
        let tls = header.tls
        let forwarding = Forwarding(
            isEncrypted: tls != nil, hasCertificate: tls?.hasCertificate ?? false,
            key: tls?.keyFingerprint.flatMap { Fingerprint(bytes: $0) },
            subject: tls.flatMap { $0.isVerified ? $0.subject ?? $0.commonName.map { "CN=\($0)" } : nil })
        self.init(
            credentials, local: nil, end: end, isExposed: tls == nil && !end.isLoopback, forwarding: forwarding)
    }
}

extension PeerIdentity {
    /// Examines the socket of a channel.
    init(of channel: any Channel, _ transport: Transport, owners: SocketOwners?) {
        self.init(of: channel.descriptor, isUnix: transport == .unix, owners: owners)
    }
}

extension Channel {
    /// The socket; -1 if the channel has none.
    var descriptor: Int32 {
        let descriptor = try? pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        return descriptor ?? -1
    }
}

extension Credentials {
    fileprivate mutating func setAddress(_ end: TCPConnection.End) {
        address = end.network
        port = Int(end.port)
    }
}
