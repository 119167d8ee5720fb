public import Digests
import JetProtocol
public import Moments

/// The keys of the users.
extension UserTable {
    /// The name of the user that a key belongs to; `nil` if no user has it. This is one look-up.
    public func user(ofKey key: Fingerprint) -> String? { keyOwners[key] }

    /// The fingerprints of all keys.
    public var fingerprints: Set<Fingerprint> { Set(keyOwners.keys) }

    /// The keys of all users, in the order of the file.
    ///
    /// - Parameter includingAdmins: Whether those of admins are among them.
    public func keys(includingAdmins: Bool = true) -> [(user: String, key: User.Key)] {
        names.flatMap { name -> [(user: String, key: User.Key)] in
            guard let user = self[name], includingAdmins || !user.isAdmin else { return [] }
            return user.keys.map { (name, $0) }
        }
    }

    /// Gives a user a key. If another user had it, that one loses it; if the user had it, it is replaced.
    ///
    /// - Returns: Whether there is such a user.
    @discardableResult
    public mutating func addKey(_ key: User.Key, to name: String) -> Bool {
        guard var user = self[name] else { return false }
        user.keys.removeAll { $0.fingerprint == key.fingerprint }
        user.keys.append(key)
        self[name] = user
        return true
    }

    /// Removes a key; and its user, if a pairing has created it, and it has neither another key nor a password.
    ///
    /// - Returns: The name of the user that had it; `nil` if no user has it.
    @discardableResult
    public mutating func removeKey(_ key: Fingerprint) -> String? {
        guard let name = keyOwners[key], var user = self[name] else { return nil }
        user.keys.removeAll { $0.fingerprint == key }
        self[name] = user
        dropIfUnreachable(name)
        return name
    }

    /// Notes that somebody has logged in with a key.
    ///
    /// - Parameters:
    ///   - moment: When that was.
    ///   - seconds: How old the time that is noted must at least be to be replaced, so that the file need not be written at
    ///     every login.
    /// - Returns: Whether the table has changed.
    @discardableResult
    public mutating func noteUse(ofKey key: Fingerprint, at moment: Moment, olderThan seconds: Int = 0) -> Bool {
        guard let name = keyOwners[key], var user = self[name],
            let index = user.keys.firstIndex(where: { $0.fingerprint == key })
        else { return false }
        if let last = user.keys[index].lastUsed, moment < last.advanced(seconds: seconds) { return false }
        user.keys[index].lastUsed = moment
        self[name] = user
        return true
    }
}

/// Pairing.
extension UserTable {
    /// Adds the key of a peer that has redeemed an offer: to the user that the offer names, which keeps its groups; without
    /// a name to a new user, which is named after the title of the key, and has the groups of the offer and no password.
    ///
    /// - Parameter reserved: Names that a new user must not get, because the configuration gives them rights.
    /// - Returns: The name of the user; `nil` if the offer is not permitted any more, because the user has got more rights
    ///   since it was made, or was removed.
    public mutating func pair(
        _ key: User.Key, by offer: PairingOffers.Offer, reserved: Set<String> = []
    ) -> String? {
        guard permits(offer) else { return nil }
        let former = keyOwners[key.fingerprint]
        let name: String
        if let named = offer.user {
            guard self[named] != nil else { return nil }
            name = named
        } else {
            name = freeName(after: key.title, reserved: reserved)
            let groups = Groups(fetch: offer.groups, set: offer.groups, call: offer.groups)
            self[name] = User(hash: nil, groups: groups, isPaired: true)
        }
        addKey(key, to: name)
        if let former, former != name { dropIfUnreachable(former) }
        return name
    }

    /// Removes a user that a pairing has created, if it has neither a key nor a password any more.
    mutating func dropIfUnreachable(_ name: String) {
        if let user = self[name], user.isPaired, user.hash == nil, user.keys.isEmpty { self[name] = nil }
    }

    /// Whether an offer gives no more than the one who makes it may give. An operator may give its own groups to new users,
    /// and other keys to itself: other users may have rights that are not groups, such as paths of their own.
    public func permits(_ offer: PairingOffers.Offer) -> Bool {
        guard let bound = offer.bound else { return true }
        if let name = offer.user { return name.utf8.elementsEqual((offer.asker ?? "").utf8) && self[name] != nil }
        return offer.groups.isSubset(of: bound.fetch) && offer.groups.isSubset(of: bound.set)
            && offer.groups.isSubset(of: bound.call)
    }

    /// A name that no user has: the letters and digits of a title, with a number behind them if needed.
    func freeName(after title: String, reserved: Set<String> = []) -> String {
        var name: [UInt8] = []
        for byte in title.utf8 where name.count < 32 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): name.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): name.append(byte + 32)
            default: if let last = name.last, last != UInt8(ascii: "-") { name.append(UInt8(ascii: "-")) }
            }
        }
        while name.last == UInt8(ascii: "-") { name.removeLast() }
        let base = name.isEmpty ? "peer" : String(decoding: name, as: UTF8.self)
        func isFree(_ name: String) -> Bool { self[name] == nil && !reserved.contains(name) }
        if isFree(base) { return base }
        var number = 2
        while !isFree("\(base)-\(number)") { number += 1 }
        return "\(base)-\(number)"
    }
}
