public import JetBus
public import JetProtocol

/// What can be chosen about a daemon.
public struct DaemonConfiguration: Sendable {
    /// One way to reach the daemon.
    public struct Listener: Sendable, Hashable {
        /// Where. A port of 0 means any.
        public var endpoint: Endpoint
        /// Whether the folder of a unix socket is made if it is missing.
        public var makesFolder: Bool

        /// A listener at `endpoint`.
        public init(_ endpoint: Endpoint, makesFolder: Bool = false) {
            self.endpoint = endpoint
            self.makesFolder = makesFolder
        }
    }

    /// Where the daemon listens.
    public var listeners: [Listener]
    /// Sockets that listen already and were handed over, which it serves as well.
    public var sockets: [ReceivedSocket] = []
    /// Whether peers of other machines may connect without encryption. There is no other way yet, so as long as they may
    /// not, they are refused.
    public var allowsPlaintext = false
    /// The longest message that is read, in bytes. What is longer closes its connection.
    public var messageLimit = ProtocolLimits.messageSize
    /// How often WebSocket peers are pinged, in milliseconds; 0 means never. One that answers none of two is closed.
    public var pingInterval = Int(ProtocolLimits.pingInterval / .milliseconds(1))
    /// Which pages in browsers may connect by WebSocket.
    public var origins = OriginRule()
    /// The file of those who can `authenticate`; without one nobody can.
    public var users: String?
    /// Whether that file need not be there yet.
    public var usersMayBeMissing = false
    /// What peers on the unix socket may do because of who runs them.
    public var grants: [Grant] = []
    /// How long a daemon that is to end waits for answers that peers wait for, in milliseconds. Who has none by then is
    /// told that the daemon stops.
    public var drainPatience = 5000
    /// How the bus behaves.
    public var bus = Bus.Configuration()

    /// A daemon that listens there.
    public init(listeners: [Listener]) { self.listeners = listeners }
}

/// Why a daemon could not start.
public struct DaemonError: Error, CustomStringConvertible, Sendable {
    /// What failed, and what can be done, in a sentence.
    public let description: String

    init(_ description: String) { self.description = description }
}
