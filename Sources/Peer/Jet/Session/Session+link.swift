import JSONText
import JetProtocol

/// What the making and breaking of connections means.
extension Session {
    /// There is a connection: tells the daemon who this is, and everything that it has to know again.
    mutating func linkUp(now: Duration) {
        if case .ended = link { return }
        link = .up
        isGivenUp = false
        epoch &+= 1
        lastHeard = now
        outbox.removeAll()
        if !identity.isEmpty { send(newID(), .config, params: identity.params, Pending(purpose: .none)) }
        logInAgain(now: now)
        addAll()
        fetchAll()
    }

    /// The connection is lost. Waiting requests fail; elements and fetches are kept if the peer reconnects.
    mutating func linkDown(_ error: JetError) -> [Action] {
        guard isUp else { return [] }
        link = settings.reconnects ? .down(error) : .ended(error)
        let actions = dropConnection(error)
        return settings.reconnects ? actions : actions + dropAll(error)
    }

    /// The peer closes: nothing comes after this. What is in the outbox may still be written.
    mutating func end() -> [Action] {
        if case .ended = link { return [] }
        link = .ended(.closed)
        let unsent = outbox
        let actions = dropConnection(.closed) + dropAll(nil)
        outbox = unsent
        return actions
    }

    /// Drops what belongs to one connection.
    private mutating func dropConnection(_ error: JetError) -> [Action] {
        var actions: [Action] = []
        let entries = pending.sorted { $0.key < $1.key }
        pending = [:]
        retries = [:]
        dirty = []
        nextDeadline = nil
        outbox.removeAll()
        for (id, entry) in entries {
            if case .remove(let key, let reply) = entry.purpose {
                // The daemon removes what a lost peer owned: that is what was asked for.
                forgetRemoved(key, by: id)
                actions.append(.reply(reply, .success(Text.true)))
            } else if let action = abandon(entry, as: id, error) {
                actions.append(action)
            }
        }
        for key in elements.keys {
            elements[key]?.presence = .absent
            elements[key]?.isDirty = false
            elements[key]?.refusals = 0
        }
        return actions
    }

    /// Drops what would outlive a connection.
    private mutating func dropAll(_ error: JetError?) -> [Action] {
        defer {
            elements = [:]
            fetches = [:]
        }
        return fetches.sorted { $0.key < $1.key }.map { .finish($0.value.feed, error) }
    }
}

// MARK: - Adding again

extension Session {
    /// Sends `add` for all elements that shall be there, in the order in which they were first added.
    private mutating func addAll() {
        for (key, _) in elements.sorted(by: { $0.value.order < $1.value.order }) { addAgain(key) }
    }

    /// Sends `add` for one element that is not there.
    mutating func addAgain(_ key: PathKey) {
        retries[key] = nil
        guard elements[key]?.presence == .absent else { return }
        let id = newID()
        elements[key]?.presence = .adding(by: id)
        send(id, .add, params: addParams(key), Pending(purpose: .add(key, nil)))
    }

    /// The daemon does not take an element back. Most often it has not noticed yet that the former connection is gone:
    /// that is worth asking again, for as long as it takes, ever more rarely.
    mutating func refusedAgain(_ key: PathKey, _ error: ErrorObject, now: Duration) -> Action? {
        let isPassing: Bool =
            switch JetError(error).refusal {
            case .pathAlreadyExists, .limit: true
            default: false
            }
        guard isPassing, let refusals = elements[key]?.refusals else {
            elements[key] = nil
            return .note(.addRefused(path: key.text, error))
        }
        let due = now + min(.milliseconds(50 << min(refusals, 8)), .seconds(5))
        elements[key]?.presence = .absent
        elements[key]?.refusals = refusals + 1
        retries[key] = due
        nextDeadline = min(nextDeadline ?? due, due)
        return refusals == 0 ? .note(.addDelayed(path: key.text, error)) : nil
    }
}
