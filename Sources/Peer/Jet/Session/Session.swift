import JSONText
import JetProtocol

/// The *session*: all that a peer knows and does, as a pure state machine. Messages, time and the fate of the
/// connection are handed in; what is to be sent gathers in the outbox, what is to be done comes back as actions. It
/// knows no sockets, clocks, tasks or threads.
///
/// The receiver of an answer (`Reply`), the handler of an element (`Element`) and the feed of a fetch (`Feed`) are
/// opaque to it: it keeps them and hands them back.
///
/// It outlives connections. What the peer sends again after a reconnect is exactly `elements` and
/// `fetches`; `pending` belongs to one connection and dies with it.
struct Session<Reply: Sendable, Element: Sendable, Feed: Sendable>: Sendable {
    /// What stays the same for the session's life.
    struct Settings: Sendable {
        /// Sent to the daemon on every connect.
        var name: String?
        /// Whether a lost connection will be made again. If not, its end is the session's.
        var reconnects = false
        /// How long the daemon may take to answer.
        var requestTimeout = ProtocolLimits.timeout
        /// How many unsent bytes may gather.
        var outboxLimit = 16 << 20
        /// The longest message that the daemon takes, in bytes. It ends the connection at a longer one; and a State
        /// with such a value would end the next one too.
        var messageLimit = ProtocolLimits.messageSize
        /// Whether a connection is of no use unless the peer can log in again.
        var demandsLogin = false
    }

    /// How the session stands to its connection.
    enum Link: Sendable {
        /// There is none yet, or no longer: requests are refused with this error, changes are kept for later.
        /// Becomes `up` or `ended`.
        case down(JetError)
        /// There is one. Becomes `down`, or `ended` if the peer does not reconnect.
        case up
        /// There will be no other: everything is refused with this error.
        case ended(JetError)
    }

    /// What the shell has to do.
    enum Action: Sendable {
        /// Tell who waited.
        case reply(Reply, Result<[UInt8], JetError>)
        /// Run the handler of an element.
        case serve(Element, RoutedRequest)
        /// Hand this to the listener.
        case deliver(Feed, Notice)
        /// Hand this to the listener of a sorted fetch.
        case deliverSorted(Feed, SortedNotice)
        /// Hand these to the listener, in this order.
        case deliverAll(Feed, [Notice])
        /// Tell the listener that nothing comes any more; without an error if it was orderly.
        case finish(Feed, JetError?)
        /// Give the connection up for this reason; another one is made as if it had been lost.
        case hangUp(JetError)
        /// Write to the log.
        case note(Note)
    }

    /// Something that people who look for a fault will want to read.
    enum Note: Sendable, Equatable {
        /// The daemon sent an error that belongs to no request.
        case complaint(ErrorObject)
        /// The daemon sent something that cannot be read.
        case unreadable(JSONError)
        /// After a reconnect the daemon does not take this element back yet; it is tried again.
        case addDelayed(path: String, ErrorObject)
        /// After a reconnect the daemon refuses this element, and it makes no sense to try again.
        case addRefused(path: String, ErrorObject)
        /// After a reconnect the daemon does not take this peer for the user that it was.
        case authenticationRefused(ErrorObject)
    }

    let settings: Settings
    /// What this peer tells the daemon about itself on every connect.
    var identity: Identity
    var link: Link
    /// Whether the connection is being given up: what still comes on it is ignored.
    var isGivenUp = false
    /// Counts connections: what belongs to an older one is not sent on a newer one.
    var epoch = 0
    var outbox: Outbox
    /// How the peer has logged in, which it does again on each connection.
    var login: Login?
    /// Requests that wait for the daemon's answer.
    var pending: [Int: Pending] = [:]
    /// Elements that are, or shall be, at the daemon.
    var elements: [PathKey: ElementRecord] = [:]
    /// States whose newest value waits for the congestion to end.
    var dirty: [PathKey] = []
    /// Elements that the daemon refused to add again, and when to retry.
    var retries: [PathKey: Duration] = [:]
    /// Fetches that are, or shall be, at the daemon.
    var fetches: [Int: FetchRecord] = [:]
    /// When `expire` wants to be called next; it may be called earlier.
    var nextDeadline: Duration?
    /// When something came last.
    var lastHeard: Duration = .zero
    private var lastID = 0

    init(_ settings: Settings) {
        self.settings = settings
        identity = Identity(name: settings.name)
        link = .down(JetError(.notConnected, "Not connected"))
        outbox = Outbox(limit: settings.outboxLimit, arrayLimit: settings.messageLimit)
    }

    /// Whether there is a connection.
    var isUp: Bool {
        guard case .up = link else { return false }
        return true
    }

    /// A number for a request, a fetch or an element, which nothing else of this session has.
    mutating func newID() -> Int {
        lastID &+= 1
        return lastID
    }

    /// Refuses to send what the daemon would not take: a message with `count` bytes of path, value and the like.
    func demandRoom(for count: Int) throws(JetError) {
        guard fits(count) else {
            throw JetError(.limitExceeded(.messageSize, max: settings.messageLimit))
        }
    }

    func fits(_ count: Int) -> Bool { count <= settings.messageLimit - Self.envelope }

    /// What a message has around path, value and the like, amply measured, in bytes.
    private static var envelope: Int { 256 }

    /// Throws what requests are refused with when there is no connection.
    func demandLink() throws(JetError) {
        switch link {
        case .up: return
        case .down(let error), .ended(let error): throw error
        }
    }
}
