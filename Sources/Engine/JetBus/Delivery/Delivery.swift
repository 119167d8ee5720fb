import JetProtocol

/// The output of one peer: its outbox and what is conflated for it. Others read it; only `Delivery` changes it.
struct PeerOutput: ~Copyable {
    fileprivate var outbox: Outbox
    /// The notifications that did not fit into the outbox; `nil` while the peer keeps up.
    private(set) var conflation: Conflation?
    /// Below this size of the outbox, notifications are appended to it. 0 while notifications are conflated: one
    /// comparison answers both questions. It grows with the outbox, in steps, at each of which its account is charged.
    private var openBelow: Int
    private let limit: Int
    /// How many bytes were handed to the shell, which has not reported yet that they are written.
    fileprivate(set) var taken = 0
    /// Below this size of the outbox, the next part of what waits is appended, if the limits of all peers allow it.
    var chunkBelow = Int.max
    /// The encoding of its messages, in both directions.
    fileprivate(set) var encoding = Encoding.json
    /// Whether it is in the queue of `Delivery`.
    fileprivate var isQueued = false
    /// Whether the connection is to be closed once the outbox is written.
    fileprivate(set) var isClosing = false
    /// Whether the peer's messages should not be read for now, because it does not read its own.
    fileprivate(set) var isPaused = false

    init(framing: Framing, limit: Int) {
        outbox = Outbox(framing: framing)
        self.limit = limit
        openBelow = min(limit, Delivery.largeMessage)
    }

    /// How many bytes wait in the outbox.
    var count: Int { outbox.count }

    /// How many bytes the peer has not read: in the outbox, in the shell, and for what is conflated.
    var unread: Int { outbox.count &+ taken &+ (conflation?.bytes ?? 0) }

    /// Whether a notification is appended to the outbox without a further look. If not, `Delivery.isOpen` decides.
    @inline(__always)
    var isOpen: Bool { outbox.count < openBelow }

    var isConflating: Bool { conflation != nil }

    fileprivate mutating func beginConflating() -> Conflation {
        let conflation = Conflation()
        self.conflation = conflation
        openBelow = 0
        return conflation
    }

    fileprivate mutating func endConflating() {
        conflation = nil
        openBelow = min(limit, Delivery.largeMessage)
    }

    /// Lets notifications be appended until the outbox has grown by one more step.
    mutating func open() { openBelow = min(limit, outbox.count &+ Delivery.largeMessage) }

    /// Begins again with the first step, as the outbox is empty.
    fileprivate mutating func restart() { if openBelow > 0 { openBelow = min(limit, Delivery.largeMessage) } }
}

/// Brings messages to peers: appends them to outboxes, keeps the queue of peers with output, conflates notifications for
/// peers that do not keep up, and closes peers.
///
/// All output goes through `frame(to:length:)`, which puts the peer into the queue before it appends. So no message can be
/// left in an outbox that the shell does not look at.
final class Delivery {
    let limits: OutboxLimits
    let accounts: AccountTable
    private let warnings: PeerWarnings
    /// The peers that have something to be written, or are to be closed, since `takePeers`.
    private var queue: ContiguousArray<Peer> = []
    private var pool = OutboxPool()
    private var encoder = OutputEncoder()
    /// Memory for notifications that are rendered; see `withText`.
    private var textMemory = RawBuffer()
    /// Memory for other messages; see `withBuffer`.
    private var messageMemory = RawBuffer()
    /// How many notifications there were, conflated ones included.
    private(set) var notifications: UInt64 = 0
    /// How many notifications were replaced by newer ones before they were sent.
    private(set) var conflated: UInt64 = 0

    init(_ configuration: Bus.Configuration, _ accounts: AccountTable, _ warnings: PeerWarnings) {
        limits = OutboxLimits(configuration)
        self.accounts = accounts
        self.warnings = warnings
    }

    // MARK: Appending

    /// Appends a message of `length` bytes to a peer's outbox. The caller writes all of them to the returned address.
    @inline(__always)
    func frame(to peer: Peer, length: Int) -> UnsafeMutableRawPointer {
        enqueue(peer)
        return peer.output.outbox.frame(length: length)
    }

    /// Appends a notification of a fetcher to its peer's outbox, whatever its size.
    ///
    /// - Parameter tail: What follows the fetcher's head.
    @inline(__always)
    func append(_ tail: UnsafeRawBufferPointer, of fetcher: Fetcher, to peer: Peer) {
        let head = fetcher.head.bytes
        frame(to: peer, length: head.count &+ tail.count).putting(head).put(tail)
    }

    /// Puts a peer into the queue. The order of the queue is the order in which the shell writes.
    @inline(__always)
    func enqueue(_ peer: Peer) {
        if !peer.output.isQueued { insertIntoQueue(peer) }
    }

    @inline(never)
    private func insertIntoQueue(_ peer: Peer) {
        peer.output.isQueued = true
        queue.append(peer)
        if peer.output.outbox.isEmpty { peer.output.outbox.borrow(from: &pool) }
    }

    // MARK: Notifications

    /// Renders notifications about one element.
    ///
    /// The text that `body` works with is its own: what is rendered during `body` about other elements goes elsewhere.
    @inline(__always)
    func withText(about element: Element, _ body: (inout NotificationText) -> Void) {
        var text = NotificationText(about: element, memory: textMemory.take())
        body(&text)
        textMemory = text.surrenderMemory()
    }

    /// Hands `body` an empty buffer for a message that is put together. The buffer is its own, as with `withText`.
    @inline(__always)
    func withBuffer(_ body: (inout RawBuffer) -> Void) {
        var buffer = messageMemory.take()
        buffer.removeAll(keepingAtMost: 1 << 20)
        body(&buffer)
        messageMemory = buffer
    }

    /// Counts a notification that `append` sends, or that is held or conflated outside of `Delivery`.
    @inline(__always)
    func countNotification() { notifications &+= 1 }

    /// Counts a notification that a newer one replaces, outside of `Delivery`.
    func countConflated(_ peer: Peer) {
        conflated &+= 1
        peer.conflated &+= 1
    }

    /// Notifies a fetcher: in its peer's outbox if that is open, otherwise by conflation.
    ///
    /// - Parameter isOwnDoing: Whether the peer itself caused the event by a message that is being handled. Such a
    ///   notification is not conflated: it comes before the response (jet-protocol(7) §2, Order).
    func notify(_ fetcher: Fetcher, _ event: ElementEvent, _ text: inout NotificationText, isOwnDoing: Bool) {
        let peer = fetcher.peer.takeUnretainedValue()
        notifications &+= 1
        if isOpen(peer) {
            append(text.tail(event, for: peer), of: fetcher, to: peer)
            chargeIfLarge(peer)
        } else if isOwnDoing {
            notifyOwner(fetcher, event, &text, peer)
        } else {
            conflate(event, &text, of: fetcher, peer)
        }
    }

    /// The same about an element for which no text is being rendered.
    func notify(_ fetcher: Fetcher, _ event: ElementEvent, of element: Element) {
        withText(about: element) { notify(fetcher, event, &$0, isOwnDoing: false) }
    }

    private func notifyOwner(
        _ fetcher: Fetcher, _ event: ElementEvent, _ text: inout NotificationText, _ peer: Peer
    ) {
        guard closeIfOverfull(peer) else { return }
        // An element's events are all caused by its owner, so nothing about this element can be conflated. But the remove
        // of an earlier element of another peer at the same path comes first.
        if event == .add, let tail = peer.output.conflation?.takeRemoval(at: text.element.path, for: fetcher) {
            tail.withUnsafeBytes { append($0, of: fetcher, to: peer) }
        }
        append(text.tail(event, for: peer), of: fetcher, to: peer)
        chargeIfLarge(peer)
    }

    private func conflate(_ event: ElementEvent, _ text: inout NotificationText, of fetcher: Fetcher, _ peer: Peer) {
        // What a peer that is closed for its conflation would get more is not kept.
        guard !peer.output.isClosing || !peer.output.isConflating else { return }
        let conflation: Conflation
        if let current = peer.output.conflation {
            conflation = current
        } else {
            warnings.note(.slow, of: peer)
            conflation = peer.output.beginConflating()
        }
        // After a remove the element is gone, so its last value is kept.
        let tail = event == .remove ? Array(text.tail(.remove, for: peer)) : nil
        if conflation.note(event, of: text.element, for: fetcher, tail: tail) { countConflated(peer) }
        if peer.output.unread &- peer.usage.unreadBytes >= Self.largeMessage { chargeConflation(of: peer) }
    }

    /// Whether conflated notifications, stale windows and snapshots of a peer may be appended.
    func hasRoomForChunk(_ peer: Peer) -> Bool {
        peer.output.count < limits.chunk && peer.output.chunkBelow > peer.output.count
    }

    /// Appends the notifications that were conflated for a peer, up to the size of a chunk. After the last one the peer
    /// keeps up again.
    func resumeConflated(_ peer: Peer) {
        guard let conflation = peer.output.conflation else { return }
        defer { chargeIfLarge(peer) }
        while hasRoomForChunk(peer) {
            guard let entry = conflation.next() else { return peer.output.endConflating() }
            if let tail = entry.tail {
                tail.withUnsafeBytes { append($0, of: entry.fetcher, to: peer) }
            } else {
                withText(about: entry.element) { append($0.tail(entry.event, for: peer), of: entry.fetcher, to: peer) }
            }
        }
    }

    // MARK: Limits and closing

    /// Refuses a response that is larger than what may wait for a peer.
    func check(resultSize size: Int) throws(ErrorObject) {
        guard size <= limits.ceiling else { throw .limitExceeded(.outbox, max: limits.ceiling) }
    }

    /// Whether messages of a peer are still handled. One that has caused much more output than it has read is closed.
    @inline(__always)
    func accepts(_ peer: Peer) -> Bool {
        if peer.output.count >= limits.ceiling { closeOverfull(peer) }
        return !peer.output.isClosing
    }

    /// Closes a peer whose outbox is at the ceiling, because it causes more output.
    ///
    /// - Returns: Whether the outbox is below the ceiling.
    func closeIfOverfull(_ peer: Peer) -> Bool {
        guard peer.output.count >= limits.ceiling else { return true }
        closeOverfull(peer)
        return false
    }

    @inline(never)
    private func closeOverfull(_ peer: Peer) { close(peer, because: .limitExceeded(.outbox, max: limits.ceiling)) }

    /// The error if an owner cannot be sent one more request: it does not read, and cannot be made to hold them without end.
    func refusal(ofRequestTo owner: Peer) -> ErrorObject? {
        guard owner.output.count >= limits.small else { return nil }
        if owner.output.count >= limits.requests { return .limitExceeded(.outboxOfOwner, max: limits.requests) }
        guard isOverQuota(owner) else { return nil }
        return .limitExceeded(.outboxOfOwner, max: limits.small)
    }

    /// Pauses a peer whose outbox is full.
    @inline(__always)
    func pauseIfFull(_ peer: Peer) {
        if peer.output.count >= limits.small, isFull(peer) { peer.output.isPaused = true }
    }

    /// Whether an outbox of at least `small` bytes is full.
    @inline(never)
    private func isFull(_ peer: Peer) -> Bool {
        if peer.output.count >= limits.full { return true }
        charge(peer)
        return isOverQuota(peer)
    }

    /// Sends a peer an error, closes it once that is written, and notes a warning.
    func close(_ peer: Peer, because error: ErrorObject) {
        guard !peer.output.isClosing else { return }
        warnings.note(error, of: peer, isClosed: true)
        respond(to: peer, id: nil, error: error)
        peer.output.isClosing = true
    }

    /// Closes a peer once its outbox is written.
    func close(_ peer: Peer) { peer.output.isClosing = true }

    /// Closes a peer that has ended its input and has got everything that it asked for.
    func closeIfServed(_ peer: Peer) {
        guard peer.hasEndedInput, !peer.output.isClosing, peer.isServed else { return }
        peer.output.isClosing = true
        enqueue(peer)
    }

    /// Drops the output of a peer that is disconnected.
    func discardOutput(of peer: Peer) {
        if peer.output.isQueued { queue.removeAll { $0 === peer } }
        peer.output.outbox.clear(into: &pool)
        accounts.add(.unreadBytes, -peer.usage.unreadBytes, to: peer)
    }

    // MARK: The shell

    var hasOutput: Bool { !queue.isEmpty }

    /// Moves the queue into `list`, which is emptied first.
    func takePeers(into list: inout ContiguousArray<PeerID>) {
        list.removeAll(keepingCapacity: true)
        for peer in queue {
            peer.output.isQueued = false
            if peer.output.count >= limits.charged { charge(peer) }
            list.append(peer.id)
        }
        queue.removeAll(keepingCapacity: true)
    }

    /// Hands the bytes of a peer's outbox to `body` in the peer's encoding; the outbox is empty afterwards.
    ///
    /// - Returns: Whether there were any.
    func withOutput(of peer: Peer, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        guard !peer.output.outbox.isEmpty else { return false }
        encodeOutput(of: peer)
        body(peer.output.outbox.bytes)
        if !peer.isProbe { peer.output.taken &+= peer.output.count }
        peer.output.outbox.clear(into: &pool)
        peer.output.restart()
        return true
    }

    /// The bytes that were handed over are written. The peer is read again if its outbox is not full.
    func outputWritten(of peer: Peer) {
        peer.output.taken = 0
        if peer.usage.unreadBytes > 0 { charge(peer) }
        peer.output.isPaused = peer.output.count >= limits.small && isFull(peer)
    }

    /// Frees the memory that is kept for the next turn.
    func releaseIdleMemory() {
        pool.empty()
        textMemory = RawBuffer()
        messageMemory = RawBuffer()
        encoder = OutputEncoder()
    }

    // MARK: Encodings

    /// Switches the encoding of a peer. What is in the outbox already stays in the old one.
    func switchEncoding(of peer: Peer, to encoding: Encoding) {
        guard encoding != peer.output.encoding else { return }
        if peer.output.encoding == .json { peer.output.outbox.keepUnencoded() } else { encodeOutput(of: peer) }
        peer.output.encoding = encoding
    }

    /// Encodes the part of an outbox that is not encoded yet.
    @inline(__always)
    private func encodeOutput(of peer: Peer) {
        if peer.output.encoding != .json { encoder.encode(&peer.output.outbox) }
    }
}
