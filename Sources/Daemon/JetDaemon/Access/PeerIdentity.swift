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
    private(set) var account: AccountName
    /// The user and the groups of a peer on the unix socket, which decide what it may do; `nil` for other peers.
    let local: PeerCredentials?
    /// The address and the port of a peer that is not on the unix socket.
    let end: TCPConnection.End?
    /// The address as text, for the log.
    var host: String { end?.host ?? "unknown" }
    /// What a gateway knows of the peer; `nil` for a peer that has connected to the daemon itself.
    let forwarding: Forwarding?

    /// What a gateway says of a peer whose connection it forwards.
    struct Forwarding {
        /// Whether the peer has connected to the gateway with TLS.
        let isEncrypted: Bool
        /// Whether the peer has shown a certificate.
        let hasCertificate: Bool
        /// The subject of that certificate, if the administrator's CA has issued it. If the gateway sends only the common
        /// name, `CN=` and that name.
        let subject: String?
    }

    private init(
        _ credentials: Credentials, local: PeerCredentials?, end: TCPConnection.End?, forwarding: Forwarding? = nil
    ) {
        self.credentials = credentials
        self.local = local
        self.end = end
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
            self.init(credentials, local: local, end: nil)
            return
        }
        let connection = TCPConnection(of: descriptor)
        // A peer without an address has disconnected.
        credentials.channel = connection?.isLocal == true ? .local : .unencrypted
        if let connection {
            credentials.setAddress(connection.peer)
            if connection.isLocal, let userID = owners?.userID(of: connection), userID != 0 {
                credentials.userID = userID
            }
        }
        self.init(credentials, local: nil, end: connection?.peer)
    }

    /// The peer that a gateway speaks of; `nil` if the header has no address, so the connection is the gateway's own.
    ///
    /// The peer's account is its address, also on this machine: that of the gateway's user would be the same for all peers.
    init?(_ header: ProxyHeader) {
        guard let source = header.source else { return nil }
        let end = TCPConnection.End(address: source.bytes, port: source.port)
        var credentials = Credentials()
        credentials.setAddress(end)
        let tls = header.tls
        credentials.channel = tls != nil ? .encrypted : end.isLoopback ? .local : .unencrypted
        credentials.keyFingerprint = tls?.keyFingerprint.flatMap { Fingerprint(bytes: $0) }
        let subject = tls.flatMap {
            $0.isVerified ? $0.subject ?? $0.commonName.flatMap(Self.subject(ofCommonName:)) : nil
        }
        self.init(
            credentials, local: nil, end: end,
            forwarding: Forwarding(
                isEncrypted: tls != nil, hasCertificate: tls?.hasCertificate ?? false, subject: subject))
    }

    /// The subject for a gateway that names only the common name. One that has the signs of a subject could be read as
    /// another one, and is no subject.
    private static func subject(ofCommonName name: String) -> String? {
        name.contains { ",+\"\\<>;=#".contains($0) } ? nil : "CN=\(name)"
    }

    /// Charges the connection to a user that the peer will be logged in as.
    mutating func charge(toLogin user: String) { account = .login(user) }
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
        let descriptor = try? pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            $0
        }
        return descriptor ?? -1
    }
}

extension Credentials {
    fileprivate mutating func setAddress(_ end: TCPConnection.End) {
        address = end.network
        port = Int(end.port)
    }
}
