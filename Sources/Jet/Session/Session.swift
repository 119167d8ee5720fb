import JSONText
import JetProtocol

/// The *session*: all that a peer knows and does, as a pure state machine. Messages, time and the fate of the connection
/// are handed in; what is to be sent gathers in the outbox, what is to be done comes back as actions. It knows no
/// sockets, clocks, tasks or threads.
///
/// Who waits for an answer (`Reply`), who serves an element (`Element`) and who listens to a fetch (`Feed`) are opaque to
/// it: it keeps them and hands them back.
///
/// It outlives connections. What has to be told to the daemon again after a reconnect is exactly `elements` and
/// `fetches`; `pending` belongs to one connection and dies with it.
struct Session<Reply: Sendable, Element: Sendable, Feed: Sendable>: Sendable {
    /// What stays the same for the session's life.
    struct Settings: Sendable {
        /// Told to the daemon on every connect.
        var name: String?
        /// Whether a lost connection will be made again. If not, its end is the session's.
        var reconnects = false
        /// How long the daemon may take to answer.
        var requestTimeout: Duration = .seconds(5)
        /// How many unsent bytes may gather.
        var outboxLimit = 16 << 20
        /// The longest message that the daemon takes, in bytes. It ends the connection at a longer one; and a State with
        /// such a value would end the next one too.
        var messageLimit = 16 << 20
    }

    /// How the session stands to its connection.
    enum Link: Sendable {
        /// There is none yet, or no longer: requests are refused with this error, changes are kept for later.
        /// Becomes `up` or `ended`.
        case down(JetError)
        /// There is one. Becomes `down`, or `ended` if nobody will make it again.
        case up
        /// There will be none any more: everything is refused with this error.
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
        /// Hand these to the listener, in this order.
        case deliverAll(Feed, [Notice])
        /// Tell the listener that nothing comes any more; without an error if it was orderly.
        case finish(Feed, JetError?)
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
    }

    let settings: Settings
    var link: Link
    /// Counts connections: what belongs to an older one is not sent on a newer one.
    var epoch = 0
    var outbox: Outbox
    /// Requests that wait for the daemon's answer.
    var pending: [Int: Pending] = [:]
    /// Elements that are, or shall be, at the daemon.
    var elements: [PathKey: ElementRecord] = [:]
    /// States whose newest value waits for the congestion to end.
    var dirty: [PathKey] = []
    /// Elements that the daemon refused to take back, and when to ask again.
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
        link = .down(JetError(.notConnected, "Not connected"))
        outbox = Outbox(limit: settings.outboxLimit)
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
        guard fits(count) else { throw JetError(.limitExceeded("messageSize", max: settings.messageLimit)) }
    }

    private func fits(_ count: Int) -> Bool { count <= settings.messageLimit - Self.envelope }

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

// MARK: - Requests

/// A request that another peer made to an element of ours.
struct RoutedRequest: Sendable, Equatable {
    /// The connection it came on.
    let epoch: Int
    /// The text of the id to answer under; `nil` if no answer is wanted.
    let id: [UInt8]?
    /// The text of the params.
    let params: [UInt8]
}

extension Session {
    /// A request that waits for the daemon's answer.
    struct Pending: Sendable {
        let purpose: Purpose
        /// When the waiting ends; `nil`: with the connection, since nobody waits.
        var deadline: Duration?
        /// Whether it is another peer that takes its time, for as long as the daemon lets it: then the deadline is only
        /// when to look whether the daemon is still alive.
        var isOpenEnded = false
        /// When that was looked at last.
        var probedAt: Duration?
    }

    /// What an answer is for.
    enum Purpose: Sendable {
        /// Somebody waits for the answer itself.
        case answer(Reply)
        /// An element shall be added; nobody waits for it after a reconnect.
        case add(PathKey, Reply?)
        /// An element shall be removed.
        case remove(PathKey, Reply)
        /// A fetch shall begin; nobody waits for it after a reconnect.
        case fetch(Int, Reply?)
        /// Behind a fetch that was begun again: what had to be told about it has been told.
        case snapshotEnd(Int)
        /// Nobody needs the answer.
        case none
    }

    /// Sends a request under an id from `newID`, with the text of its params.
    mutating func request(
        _ id: Int, _ method: String, params: [UInt8]?, deadline: Duration, isOpenEnded: Bool = false, reply: Reply
    ) throws(JetError) {
        try demandLink()
        try demandRoom(for: method.utf8.count + (params?.count ?? 0))
        send(
            id, method, params: params,
            Pending(purpose: .answer(reply), deadline: deadline, isOpenEnded: isOpenEnded))
    }

    /// Sends a request without an id, which is not answered.
    mutating func notify(_ method: String, params: [UInt8]) throws(JetError) {
        try demandLink()
        guard !outbox.isCongested else {
            throw JetError(.congested, "The daemon reads too slowly: \(settings.outboxLimit) bytes wait to be sent")
        }
        try demandRoom(for: method.utf8.count + params.count)
        write(nil, method, params: params)
    }

    mutating func send(_ id: Int, _ method: String, params: [UInt8]?, _ entry: Pending) {
        write(id, method, params: params)
        pending[id] = entry
        if let deadline = entry.deadline { nextDeadline = min(nextDeadline ?? deadline, deadline) }
    }

    /// Writes a request, or without an id a notification.
    mutating func write(_ id: Int?, _ method: String, params: [UInt8]?) {
        outbox.message { output in
            output.append(UInt8(ascii: "{"))
            if let id { output.append(contentsOf: "\"id\":\(id),".utf8) }
            output.append(contentsOf: "\"method\":".utf8)
            JSONWriter.append(string: method, to: &output)
            if let params {
                output.append(contentsOf: ",\"params\":".utf8)
                output.append(contentsOf: params)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    /// Stops waiting for an answer because nobody wants it any more.
    mutating func cancel(_ id: Int) -> Action? {
        guard let entry = pending.removeValue(forKey: id) else { return nil }
        return abandon(entry, as: id, .cancelled)
    }

    /// Ends the wait of `entry` with an error of this side, and takes back what it had begun.
    mutating func abandon(_ entry: Pending, as id: Int, _ error: JetError) -> Action? {
        switch entry.purpose {
        case .answer(let reply):
            return .reply(reply, .failure(error))
        case .add(let path, let reply):
            return abandonAdd(path, by: id, error, reply)
        case .remove(let path, let reply):
            forgetRemoved(path, by: id)
            return .reply(reply, .failure(error))
        case .fetch(let fetch, let reply):
            if reply != nil, fetches.removeValue(forKey: fetch) != nil, isUp { writeUnfetch(fetch) }
            return reply.map { .reply($0, .failure(error)) }
        case .snapshotEnd, .none:
            return nil
        }
    }
}

// MARK: - What comes

extension Session {
    /// Takes one message from the daemon.
    mutating func receive(_ incoming: Incoming, now: Duration) -> Action? {
        guard isUp else { return nil }
        switch incoming {
        case .response(let id, let outcome):
            // Late and unknown answers find nobody.
            guard let entry = pending.removeValue(forKey: id) else { return nil }
            return settle(entry, as: id, outcome, now: now)
        case .routed(let path, let id, let params):
            if let record = elements[PathKey(path)] {
                return .serve(record.element, RoutedRequest(epoch: epoch, id: id, params: params))
            }
            if let id { writeAnswer(id, .failure(JetError.pathNotExists(path).object)) }
            return nil
        case .notice(let fetch, let notice):
            return receive(notice, of: fetch)
        case .complaint(let error):
            return .note(.complaint(error))
        case .unreadable(let id, let error):
            guard let id, let entry = pending.removeValue(forKey: id) else { return .note(.unreadable(error)) }
            return abandon(
                entry, as: id, JetError(.decoding, "The answer cannot be read: \(error)", underlying: error))
        }
    }

    private mutating func settle(
        _ entry: Pending, as id: Int, _ outcome: Result<[UInt8], ErrorObject>, now: Duration
    ) -> Action? {
        switch entry.purpose {
        case .answer(let reply): return .reply(reply, outcome.mapError(JetError.init))
        case .add(let path, let reply): return settleAdd(path, by: id, outcome, reply, now: now)
        case .remove(let path, let reply):
            forgetRemoved(path, by: id)
            return .reply(reply, outcome.mapError(JetError.init))
        case .fetch(let fetch, let reply): return settleFetch(fetch, outcome, reply)
        case .snapshotEnd(let fetch): return endOfSnapshot(fetch)
        case .none: return nil
        }
    }

    /// Notes that the daemon is alive.
    mutating func heard(at now: Duration) { lastHeard = now }

    /// Answers a request that was routed here, unless its connection is gone.
    mutating func answer(_ request: RoutedRequest, _ outcome: Result<[UInt8], ErrorObject>) {
        guard isUp, request.epoch == epoch, let id = request.id else { return }
        if case .success(let result) = outcome, !fits(result.count + id.count) {
            return writeAnswer(id, .failure(.limitExceeded("messageSize", max: settings.messageLimit)))
        }
        writeAnswer(id, outcome)
    }

    private mutating func writeAnswer(_ id: [UInt8], _ outcome: Result<[UInt8], ErrorObject>) {
        outbox.message { output in
            output.append(contentsOf: "{\"id\":".utf8)
            output.append(contentsOf: id)
            switch outcome {
            case .success(let result):
                output.append(contentsOf: ",\"result\":".utf8)
                output.append(contentsOf: result)
            case .failure(let error):
                output.append(contentsOf: ",\"error\":".utf8)
                error.append(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }
}
