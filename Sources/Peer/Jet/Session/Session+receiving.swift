import JSONText
import JetProtocol

/// A request that another peer made to an element of ours.
struct RoutedRequest: Sendable, Equatable {
    /// The connection it came on.
    let epoch: Int
    /// The text of the id to answer under; `nil` if no answer is wanted.
    let id: [UInt8]?
    /// The text of the params.
    let params: [UInt8]
    /// The text of `caller`, if the daemon sends it.
    var caller: [UInt8]?
}

/// What comes from the daemon: answers, requests for elements of this peer, notifications.
extension Session {
    /// Takes one message from the daemon.
    mutating func receive(_ incoming: Incoming, now: Duration) -> Action? {
        guard isUp, !isGivenUp else { return nil }
        switch incoming {
        case .response(let id, let outcome):
            // Late and unknown answers are ignored.
            guard let entry = pending.removeValue(forKey: id) else { return nil }
            return settle(entry, as: id, outcome, now: now)
        case .routed(let path, let id, let params, let caller):
            if let record = elements[PathKey(path)] {
                let request = RoutedRequest(epoch: epoch, id: id, params: params, caller: caller)
                return .serve(record.element, request)
            }
            if let id { writeAnswer(id, .failure(JetError.pathNotExists(path).object)) }
            return nil
        case .notice(let fetch, let notice):
            return receive(notice, of: fetch)
        case .sorted(let fetch, let notice):
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
        case .move(let fetch, let from, let rule, let reply):
            return settleMove(fetch, from: from, rule: rule, outcome, reply)
        case .snapshotEnd(let fetch): return endOfSnapshot(fetch)
        case .authentication: return settleAuthentication(outcome)
        case .none: return nil
        }
    }

    /// Notes that the daemon is alive.
    mutating func heard(at now: Duration) { lastHeard = now }

    /// Answers a request that was routed here, unless its connection is gone.
    mutating func answer(_ request: RoutedRequest, _ outcome: Result<[UInt8], ErrorObject>) {
        guard isUp, request.epoch == epoch, let id = request.id else { return }
        if case .success(let result) = outcome, !fits(result.count + id.count) {
            return writeAnswer(id, .failure(.limitExceeded(.messageSize, max: settings.messageLimit)))
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
