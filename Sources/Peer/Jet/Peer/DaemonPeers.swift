public import JSONText

/// Who is connected to a daemon, and what each uses: see ``Peer/peers()``.
///
///     for account in try await peer.peers().accounts {
///         print(account.name, account.elements, account.bytes)
///     }
public struct DaemonPeers: Sendable {
    /// The accounts, to which the daemon charges what peers use.
    public let accounts: [Account]
    /// The connected peers.
    public let peers: [Connection]
    /// The whole response.
    public let json: JSON

    /// What an account or a peer uses. What a daemon does not report is 0.
    public struct Usage: Hashable, Sendable {
        /// The elements that it owns.
        public let elements: Int
        /// The bytes of these elements: paths, values and meta.
        public let bytes: Int
        /// Its fetches.
        public let fetches: Int
        /// The bytes of their rules.
        public let ruleBytes: Int
        /// Its requests that wait for the answer of an owner.
        public let pendingRequests: Int
        /// The bytes that wait for it to read them.
        public let unread: Int
        /// The messages received from it, since it connected.
        public let messages: Int
        /// The processor time that the daemon has spent on it since it connected, in nanoseconds, approximately.
        public let work: Int
        /// The requests refused because of a limit, since it connected.
        public let refused: Int

        init(_ json: JSON) {
            func number(_ name: String) -> Int { json[name]?.int ?? 0 }
            elements = number("elements")
            bytes = number("bytes")
            fetches = number("fetches")
            ruleBytes = number("ruleBytes")
            pendingRequests = number("pendingRequests")
            unread = number("unread")
            messages = number("messages")
            work = number("work")
            refused = number("refused")
        }
    }

    /// An account: a user of the system or of the bus, or an address, with all of its connections.
    public struct Account: Hashable, Sendable {
        /// Its name, such as `uid 1000`.
        public let name: String
        /// The number of its connections.
        public let connections: Int
        /// What all of them use.
        public let usage: Usage
        /// The whole entry.
        public let json: JSON

        init(_ json: JSON) {
            self.json = json
            name = json["account"]?.string ?? ""
            connections = json["connections"]?.int ?? 0
            usage = Usage(json)
        }
    }

    /// A connected peer.
    public struct Connection: Hashable, Sendable {
        /// Its number, which a later connection can have when this one has ended.
        public let number: Int
        /// What it is called, as it says itself with ``Peer/configure(name:debug:)``.
        public let name: String?
        /// The user as whom it has authenticated.
        public let user: String?
        /// The user of the system that runs it, on a unix socket.
        public let uid: Int?
        /// Its process, on a unix socket.
        public let pid: Int?
        /// Where it connects from, over TCP or a WebSocket.
        public let address: String?
        /// The name of its account.
        public let account: String
        /// What it uses.
        public let usage: Usage
        /// The notifications that were left out because it reads too slowly, since it connected.
        public let conflated: Int
        /// Whether its notifications are being conflated.
        public let isSlow: Bool
        /// The whole entry.
        public let json: JSON

        init(_ json: JSON) {
            self.json = json
            number = json["peer"]?.int ?? 0
            name = json["name"]?.string
            user = json["user"]?.string
            uid = json["uid"]?.int
            pid = json["pid"]?.int
            address = json["address"]?.string
            account = json["account"]?.string ?? ""
            usage = Usage(json)
            conflated = json["conflated"]?.int ?? 0
            isSlow = json["slow"]?.bool ?? false
        }
    }

    /// The response of a daemon to `peers`.
    package init(_ json: JSON) {
        self.json = json
        accounts = (json["accounts"]?.array ?? []).map { Account($0) }
        peers = (json["peers"]?.array ?? []).map { Connection($0) }
    }
}
