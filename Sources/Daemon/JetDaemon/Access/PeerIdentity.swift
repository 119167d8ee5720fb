import Glibc
import JetBus
import NIOCore
import NIOPosix
import Netlink

/// What the system knows of the other end of a connection.
struct PeerIdentity {
    /// For the bus.
    let credentials: Credentials
    /// Who is charged for the connection.
    let account: AccountName
    /// The user and the groups of a peer on the unix socket, which decide what it may do; `nil` for other peers.
    let local: PeerCredentials?

    /// Examines an accepted socket.
    ///
    /// On the unix socket the kernel tells who has connected. Over TCP on the loopback it tells who has opened the other
    /// end, which only says whom to charge. It is not said of uid 0: programs of root may forward the connections of
    /// others, which must not get what is reserved for the administrator.
    init(of descriptor: Int32, isUnix: Bool, owners: SocketOwners?) {
        var credentials = Credentials()
        if isUnix {
            local = PeerCredentials(of: descriptor)
            credentials.userID = local?.user
            credentials.groupIDs = local?.groups ?? []
            credentials.processID = local?.process
        } else {
            local = nil
            if let connection = TCPConnection(of: descriptor) {
                credentials.address = connection.peer.network
                credentials.port = Int(connection.peer.port)
                if connection.isLocal, let userID = owners?.userID(of: connection), userID != 0 {
                    credentials.userID = userID
                }
            }
        }
        self.credentials = credentials
        account = Self.account(of: credentials)
    }

    private static func account(of credentials: Credentials) -> AccountName {
        if let userID = credentials.userID { return .userID(userID) }
        return credentials.address.map(AccountName.address) ?? .unknown
    }
}

extension PeerIdentity {
    /// Examines the socket of a channel.
    init(of channel: any Channel, _ transport: Transport, owners: SocketOwners?) {
        let descriptor = try? channel.pipeline.syncOperations
            .withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        self.init(of: descriptor ?? -1, isUnix: transport == .unix, owners: owners)
    }
}
