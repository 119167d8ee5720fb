import JSONText
import JetProtocol

/// The requests of this peer: what is sent, and who waits for what until when.
extension Session {
    /// A request that waits for the daemon's answer.
    struct Pending: Sendable {
        let purpose: Purpose
        /// When the waiting ends; `nil`: with the connection.
        var deadline: Duration?
        /// Whether it is another peer that takes its time, for as long as the daemon lets it: then the deadline is only
        /// when to look whether the daemon is still alive.
        var isOpenEnded = false
        /// When that was looked at last.
        var probedAt: Duration?
    }

    /// What an answer is for.
    enum Purpose: Sendable {
        /// A caller waits for the answer itself.
        case answer(Reply)
        /// Adds an element. After a reconnect there is no caller that waits.
        case add(PathKey, Reply?)
        /// Removes an element.
        case remove(PathKey, Reply)
        /// Begins a fetch. After a reconnect there is no caller that waits.
        case fetch(Int, Reply?)
        /// Moves the window of a fetch to begin at this place; the members of its rule are these then. The answer counts
        /// even if nobody waits for it any more.
        case move(Int, from: Int, rule: [UInt8], Reply?)
        /// Sent behind a fetch that was begun again: all that exists has been notified.
        case snapshotEnd(Int)
        /// Logs in again after a reconnect.
        case authentication
        /// The answer is ignored.
        case none
    }

    /// Sends a request under an id from `newID`, with the text of its params.
    mutating func request(
        _ id: Int, _ method: MethodName, params: [UInt8]?, deadline: Duration, isOpenEnded: Bool = false, reply: Reply
    ) throws(JetError) {
        try demandLink()
        try demandRoom(for: method.rawValue.utf8.count + (params?.count ?? 0))
        send(
            id, method, params: params,
            Pending(purpose: .answer(reply), deadline: deadline, isOpenEnded: isOpenEnded))
    }

    /// Sends a request without an id, which is not answered.
    mutating func notify(_ method: MethodName, params: [UInt8]) throws(JetError) {
        try demandLink()
        guard !outbox.isCongested else {
            throw JetError(.congested, "The daemon reads too slowly: \(settings.outboxLimit) bytes wait to be sent")
        }
        try demandRoom(for: method.rawValue.utf8.count + params.count)
        write(nil, method, params: params)
    }

    mutating func send(_ id: Int, _ method: MethodName, params: [UInt8]?, _ entry: Pending) {
        write(id, method, params: params)
        pending[id] = entry
        if let deadline = entry.deadline { nextDeadline = min(nextDeadline ?? deadline, deadline) }
    }

    /// Writes a request, or without an id a notification.
    mutating func write(_ id: Int?, _ method: MethodName, params: [UInt8]?) {
        outbox.message { output in
            output.append(UInt8(ascii: "{"))
            if let id { output.append(contentsOf: "\"id\":\(id),".utf8) }
            output.append(contentsOf: "\"method\":".utf8)
            JSONWriter.append(string: method.rawValue, to: &output)
            if let params {
                output.append(contentsOf: ",\"params\":".utf8)
                output.append(contentsOf: params)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    /// Stops waiting for an answer, because its caller was cancelled.
    mutating func cancel(_ id: Int) -> Action? {
        guard let entry = pending.removeValue(forKey: id) else { return nil }
        return abandon(entry, as: id, .cancelled)
    }

    /// Ends the wait of `entry` with an error of this side, and undoes what it had begun.
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
        case .move(let fetch, let from, let rule, let reply):
            if isUp, error.code != .decoding {
                pending[id] = Pending(purpose: .move(fetch, from: from, rule: rule, nil))
            }
            return reply.map { .reply($0, .failure(error)) }
        case .authentication:
            return error.code == .timeout ? .hangUp(error) : nil
        case .snapshotEnd, .none:
            return nil
        }
    }
}
