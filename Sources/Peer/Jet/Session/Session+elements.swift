import JSONText
import JetProtocol

/// The elements that this peer owns: the state of each at the daemon, and what the peer sends about it after a
/// reconnect.
extension Session {
    /// An element that is, or shall be, at the daemon.
    struct ElementRecord: Sendable {
        /// Whose it is: a path can be given up and taken again by another State of the same program.
        let owner: Int
        /// What serves its requests.
        let element: Element
        /// The members of its `add` behind path and value, as text.
        let options: [UInt8]
        /// The text of its newest value; `nil` for a Method.
        var value: [UInt8]?
        /// How it stands.
        var presence: Presence
        /// Where it comes in the order of adding.
        let order: Int
        /// Whether the newest value waits for the end of a congestion.
        var isDirty = false
        /// How often the daemon has refused to take it back since the connection was made.
        var refusals = 0
    }

    /// How an element stands at the daemon.
    enum Presence: Sendable, Equatable {
        /// The request with this id asks for it. Becomes `present`, or nothing if it is refused, or `absent` if that
        /// was after a reconnect.
        case adding(by: Int)
        /// It is there. Becomes `absent` when the connection is lost.
        case present
        /// It is not there, but shall be: on the next connection, or when `retries` says. Becomes `adding`.
        case absent
        /// The request with this id gives it up. The record is dropped then; adding it again makes a new one.
        case removing(by: Int)
    }

    /// Adds an element.
    mutating func add(
        _ id: Int, _ path: String, owner: Int, element: Element, value: [UInt8]?, options: [UInt8],
        deadline: Duration, reply: Reply
    ) throws(JetError) {
        try demandLink()
        try demandRoom(for: path.utf8.count * 6 + (value?.count ?? 0) + options.count)
        let key = PathKey(path)
        if let record = elements[key] {
            guard case .removing = record.presence else { throw .pathAlreadyExists(path) }
        }
        elements[key] = ElementRecord(
            owner: owner, element: element, options: options, value: value, presence: .adding(by: id), order: id)
        send(
            id, .add, params: addParams(key),
            Pending(purpose: .add(key, reply), deadline: deadline))
    }

    func addParams(_ key: PathKey) -> [UInt8] {
        var params = ObjectText()
        params.append(MemberName.path, string: key.text)
        if let record = elements[key] {
            if let value = record.value { params.append(MemberName.value, value) }
            params.append(members: record.options)
        }
        return params.text
    }

    /// The record of an element that `owner` has and is not giving up.
    private func record(_ key: PathKey, _ owner: Int) -> ElementRecord? {
        guard let record = elements[key], record.owner == owner else { return nil }
        if case .removing = record.presence { return nil }
        return record
    }

    /// Whether an element is at the daemon, or will be as soon as there is a connection.
    func isAdded(_ path: String, owner: Int) -> Bool { record(PathKey(path), owner) != nil }

    /// Takes a new value for a State. It is sent at once if there is a connection that can take it; else it waits, and
    /// of several that wait only the newest is sent.
    mutating func change(_ path: String, owner: Int, _ value: [UInt8]) throws(JetError) {
        if case .ended(let error) = link { throw error }
        let key = PathKey(path)
        guard let record = record(key, owner) else { throw .pathNotExists(path) }
        // What came with `add` is said again with the value after a reconnect: it counts too.
        try demandRoom(for: path.utf8.count * 6 + value.count + record.options.count)
        elements[key]?.value = value
        switch record.presence {
        case .present, .adding:
            if outbox.isCongested {
                guard !record.isDirty else { return }
                elements[key]?.isDirty = true
                dirty.append(key)
            } else {
                elements[key]?.isDirty = false
                writeChange(key, value)
            }
        case .absent, .removing: break
        }
    }

    /// Sends a new value for a State and asks for the daemon's answer.
    mutating func changeConfirmed(
        _ id: Int, _ path: String, owner: Int, _ value: [UInt8], deadline: Duration, reply: Reply
    ) throws(JetError) {
        try demandLink()
        let key = PathKey(path)
        guard let record = record(key, owner) else { throw .pathNotExists(path) }
        try demandRoom(for: path.utf8.count * 6 + value.count + record.options.count)
        elements[key]?.value = value
        elements[key]?.isDirty = false
        send(id, .change, params: changeParams(key, value), Pending(purpose: .answer(reply), deadline: deadline))
    }

    private func changeParams(_ key: PathKey, _ value: [UInt8]) -> [UInt8] {
        var params = ObjectText()
        params.append(MemberName.path, string: key.text)
        params.append(MemberName.value, value)
        return params.text
    }

    private mutating func writeChange(_ key: PathKey, _ value: [UInt8]) {
        outbox.message { output in
            output.append(contentsOf: "{\"method\":\"change\",\"params\":{\"path\":".utf8)
            JSONWriter.append(string: key.text, to: &output)
            output.append(contentsOf: ",\"value\":".utf8)
            output.append(contentsOf: value)
            output.append(contentsOf: "}}".utf8)
        }
    }

    /// Notes that the socket took what was written, and sends the values that waited for that.
    mutating func written() {
        outbox.written()
        guard !dirty.isEmpty, outbox.bytes.count <= settings.outboxLimit / 2 else { return }
        var rest = dirty[...]
        while let key = rest.popFirst() {
            guard let record = elements[key], record.isDirty else { continue }
            elements[key]?.isDirty = false
            switch record.presence {
            case .present, .adding:
                if let value = record.value { writeChange(key, value) }
            case .absent, .removing: break
            }
            if outbox.isCongested { break }
        }
        dirty = Array(rest)
    }

    /// Gives an element up.
    ///
    /// - Returns: What is done already, if there is no connection.
    mutating func remove(
        _ id: Int, _ path: String, owner: Int, deadline: Duration, reply: Reply
    ) throws(JetError) -> Action? {
        if case .ended(let error) = link { throw error }
        let key = PathKey(path)
        guard let record = record(key, owner) else { throw .pathNotExists(path) }
        if !isUp || record.presence == .absent {
            elements[key] = nil
            return .reply(reply, .success(Text.true))
        }
        elements[key]?.presence = .removing(by: id)
        var params = ObjectText()
        params.append(MemberName.path, string: path)
        send(id, .remove, params: params.text, Pending(purpose: .remove(key, reply), deadline: deadline))
        return nil
    }

    /// Forgets an element when the request that gave it up is over, unless it was added again in between.
    mutating func forgetRemoved(_ key: PathKey, by id: Int) {
        if elements[key]?.presence == .removing(by: id) { elements[key] = nil }
    }

    /// The daemon's answer to `add`.
    mutating func settleAdd(
        _ key: PathKey, by id: Int, _ outcome: Result<[UInt8], ErrorObject>, _ reply: Reply?, now: Duration
    ) -> Action? {
        if elements[key]?.presence == .adding(by: id) {
            switch outcome {
            case .success:
                elements[key]?.presence = .present
                elements[key]?.refusals = 0
            case .failure(let error):
                guard reply == nil else {
                    elements[key] = nil
                    break
                }
                return refusedAgain(key, error, now: now)
            }
        }
        return reply.map { .reply($0, outcome.mapError(JetError.init)) }
    }

    /// Gives up waiting for the answer to `add`. Should the daemon add the element after all, this peer removes it.
    mutating func abandonAdd(_ key: PathKey, by id: Int, _ error: JetError, _ reply: Reply?) -> Action? {
        if elements[key]?.presence == .adding(by: id) {
            if reply == nil {
                elements[key]?.presence = .absent
            } else {
                elements[key] = nil
                if isUp {
                    var params = ObjectText()
                    params.append(MemberName.path, string: key.text)
                    write(nil, .remove, params: params.text)
                }
            }
        }
        return reply.map { .reply($0, .failure(error)) }
    }
}
