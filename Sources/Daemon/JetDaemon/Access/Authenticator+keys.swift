import Digests
import DocumentedEvents
import JSONText
import JetBus
import JetProtocol
import JetUsers
import Logging
import Moments
import NIOCore
import NIOPosix
import Synchronization

/// Keys, and offers to pair. What changes the users file runs on the authenticator's thread; the rest only looks into the
/// table, and may be called on the event loop.
extension Authenticator {
    /// The groups of a user; `nil` if there is no such user.
    func groups(of user: String) -> Groups? { users.withLock { $0.table[user]?.groups } }

    /// The user that has a key, with its groups; `nil` if no user has it.
    func owner(ofKey key: Fingerprint) -> (user: String, groups: Groups)? {
        users.withLock { users in
            guard let name = users.table.user(ofKey: key), let user = users.table[name] else { return nil }
            return (name, user.groups)
        }
    }

    /// How old the time of the last use of a key must be to be replaced, in seconds: so the file is rarely written.
    private static var precision: Int { 3600 }

    /// Notes that a key was used: now in the table, and soon in the file. If that fails, only the time is missing there.
    func noteUse(ofKey key: Fingerprint) {
        let now = Moment.now
        let file = users.withLock { users in
            users.table.noteUse(ofKey: key, at: now, olderThan: Self.precision) ? users.file : nil
        }
        guard let file else { return }
        pool.submit { state in
            guard case .active = state else { return }
            struct IsNoted: Error {}
            do {
                try file.update { users throws(IsNoted) in
                    guard users.noteUse(ofKey: key, at: now, olderThan: Self.precision) else { throw IsNoted() }
                }
            } catch is IsNoted {
            } catch {
                self.logger.info(
                    "the time when a key was used could not be saved",
                    metadata: ["key": "\(key)", "reason": "\(error)"])
            }
        }
    }

    // MARK: Who may do what

    /// Whether a peer may offer pairings and see the keys of users; and whether it may do that for all users.
    private func rights(of asker: Bus.Asker, in table: UserTable) -> (mayOffer: Bool, isAdmin: Bool) {
        let isAdmin = asker.isAdministrator || asker.user.flatMap { table[$0]?.isAdmin } == true
        return (isAdmin || asker.isOperator, isAdmin)
    }

    /// Makes an offer to pair.
    func offer(_ terms: Bus.PairingTerms, _ asker: Bus.Asker, _ label: PeerLabel) -> Bus.AuthenticationResult {
        let now = NIODeadline.now().uptimeNanoseconds
        let (refusal, code) = users.withLock { users -> (Bus.AuthenticationResult?, PairingCode?) in
            let rights = rights(of: asker, in: users.table)
            let offer = PairingOffers.Offer(
                user: terms.user, groups: terms.groups, bound: rights.isAdmin ? nil : asker.groups, asker: asker.user)
            guard rights.mayOffer else { return (.forbidden, nil) }
            if let name = terms.user, rights.isAdmin, users.table[name] == nil { return (.unknownUser, nil) }
            guard users.table.permits(offer) else { return (.forbidden, nil) }
            return (nil, users.offers.add(offer, by: "\(asker.account)", seconds: terms.seconds, at: now))
        }
        if let refusal { return refusal }
        guard let code else {
            return .refused(.limitExceeded(.pairingOffers, max: ProtocolLimits.pairingOffers))
        }
        events.note(DaemonEvent.pairingOffered, by: label.source, label.metadata)
        var result: JSON.Object = ["code": .string(code.text)]
        result["expires"] = Moment.now.advanced(seconds: terms.seconds).text.map(JSON.string)
        result["user"] = terms.user.map(JSON.string)
        return .answered(.object(result))
    }

    /// The keys that a peer may see.
    ///
    /// - Parameter connections: How many connections each key has.
    func keys(for asker: Bus.Asker, connections: [Fingerprint: Int]) -> Bus.AuthenticationResult {
        let table = users.withLock { $0.table }
        let rights = rights(of: asker, in: table)
        guard rights.mayOffer else { return .forbidden }
        return .answered(
            .array(
                table.keys(includingAdmins: rights.isAdmin).map { user, key in
                    var entry: JSON.Object = [
                        "user": .string(user), "fingerprint": .string("\(key.fingerprint)"),
                        "title": .string(key.title),
                    ]
                    entry["added"] = key.added?.text.map(JSON.string)
                    entry["lastUsed"] = key.lastUsed?.text.map(JSON.string)
                    entry["connections"] = .number(connections[key.fingerprint] ?? 0)
                    return .object(entry)
                }))
    }

    // MARK: Changes of the file, on the thread

    /// Removes a key. Those who may do that for their own user only may not learn more than that.
    func removeKey(_ key: Fingerprint, _ asker: Bus.Asker, _ label: PeerLabel) -> Bus.AuthenticationResult {
        enum Refusal: Error { case forbidden, unknown }
        guard let file = users.withLock({ $0.file }) else { return .refused(.invalidKey) }
        var owner = ""
        do {
            let table = try file.update { users throws(Refusal) in
                let rights = self.rights(of: asker, in: users)
                guard rights.mayOffer else { throw .forbidden }
                guard let user = users.user(ofKey: key) else { throw .unknown }
                guard rights.isAdmin || user == asker.user else { throw .forbidden }
                users.removeKey(key)
                owner = user
            }
            adopt(table, of: file)
            // The key may have made them.
            users.withLock { $0.offers.endAll() }
        } catch let refusal as Refusal {
            return refusal == .forbidden ? .forbidden : .refused(.invalidKey)
        } catch {
            return failed(error, label)
        }
        events.note(
            DaemonEvent.keyRemoved, by: label.source,
            label.with(["user": "\(owner)", "key": "\(key)", "by": "\(asker.user ?? "\(asker.account)")"]))
        return .answered(true)
    }

    /// Adds the key of a peer that has sent the code of an offer.
    func pair(
        _ code: PairingCode, _ title: String, _ key: Fingerprint, _ label: PeerLabel
    ) -> Bus.AuthenticationResult {
        enum NotPermitted: Error { case notPermitted }
        guard let file = users.withLock({ $0.file }) else { return .unknownUser }
        let offer: PairingOffers.Offer
        switch users.withLock({ users in
            Result { () throws(PairingRefusal) in
                try users.offers.redeem(code, at: NIODeadline.now().uptimeNanoseconds)
            }
        }) {
        case .success(let found): offer = found
        case .failure(let refusal): return refused(refusal, key, label)
        }
        var name = ""
        let reserved = users.withLock { $0.reserved }
        do {
            let table = try file.update(creating: true) { users throws(NotPermitted) in
                let added = User.Key(key, title: title, added: .now, lastUsed: .now)
                guard let user = users.pair(added, by: offer, reserved: reserved) else { throw .notPermitted }
                name = user
            }
            adopt(table, of: file)
            events.note(
                DaemonEvent.paired, by: label.source,
                label.with(["user": "\(name)", "key": "\(key)", "title": "\(PeerLabel.printable(title))"]))
            return .paired(user: name, groups: table[name]?.groups ?? Groups())
        } catch is NotPermitted {
            // The user has got more rights since the offer was made.
            return refused(.expired, key, label)
        } catch {
            return failed(error, label)
        }
    }

    private func refused(
        _ refusal: PairingRefusal, _ key: Fingerprint, _ label: PeerLabel
    ) -> Bus.AuthenticationResult {
        events.note(
            DaemonEvent.pairingRefused, by: label.source,
            label.with(["key": "\(key)", "reason": "\(refusal.rawValue)"]))
        return .refused(.invalidCode(refusal))
    }

    private func failed(_ error: any Error, _ label: PeerLabel) -> Bus.AuthenticationResult {
        events.note(DaemonEvent.keysNotSaved, by: label.source, label.with(["reason": "\(error)"]))
        return .failed("the users file could not be changed")
    }
}
