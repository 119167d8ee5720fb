public import Digests
public import JetProtocol

/// Who the peers are, for a shell whose users or keys change.
extension Bus {
    /// The name that a peer has given itself by `config`.
    public func name(of id: PeerID) -> String? { peer(id)?.name }

    /// The user as which a peer has logged in; `nil` if it has not.
    public func user(of id: PeerID) -> String? { peer(id)?.user }

    /// The system's user that runs a peer; `nil` if it is not known.
    public func userID(of id: PeerID) -> UInt32? { peer(id)?.credentials.userID }

    /// What the system knows of a peer.
    public func credentials(of id: PeerID) -> Credentials? { peer(id)?.credentials }

    /// The peers whose connections have shown a key, in the order of their numbers.
    public func peers(withKey key: Fingerprint) -> [PeerID] { peers { $0.credentials.keyFingerprint == key } }

    /// The peers that have logged in as a user.
    public func peers(loggedInAs user: String) -> [PeerID] { peers { $0.user == user } }

    private func peers(where isMeant: (Peer) -> Bool) -> [PeerID] {
        var list: [PeerID] = []
        peers.forEach { if !$0.isProbe, isMeant($0) { list.append($0.id) } }
        return list
    }

    /// The keys that connections have shown, and how many connections each. A walk over all peers.
    public var connectionsByKey: [Fingerprint: Int] {
        var counts: [Fingerprint: Int] = [:]
        peers.forEach { if let key = $0.credentials.keyFingerprint { counts[key, default: 0] += 1 } }
        return counts
    }

    /// Replaces the groups of a peer that has logged in.
    ///
    /// - Returns: Whether the peer has these groups now. The groups of a peer with fetches cannot change, since it would
    ///   have been notified of elements that it may not know; the shell closes it.
    public func setGroups(_ groups: Groups, of id: PeerID) -> Bool {
        guard let peer = peer(id) else { return false }
        guard peer.groups != groups else { return true }
        guard peer.user != nil, peer.fetchers.isEmpty else { return false }
        peer.groups = groups
        return true
    }
}
