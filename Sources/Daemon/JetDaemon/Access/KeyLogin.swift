import Digests
import JetBus
import JetProtocol
import Logging

/// A login without a password: by what a peer has proved to hold when it connected.
struct KeyLogin {
    /// What a peer has proved to hold.
    enum Proof {
        /// A key that is in the users file.
        case key(Fingerprint)
        /// The key of a certificate that the administrator's CA has issued for this subject.
        case subject(String)
    }

    /// The user.
    let user: String
    /// The user's groups.
    let groups: Groups
    let proof: Proof
}

extension Hub {
    /// The user that a peer is by its certificate or key; `nil` if it is a stranger.
    func login(of identity: PeerIdentity) -> KeyLogin? {
        guard let forwarding = identity.forwarding else { return nil }
        if let subject = forwarding.subject, let user = subjects[subject], let groups = authenticator.groups(of: user) {
            return KeyLogin(user: user, groups: groups, proof: .subject(subject))
        }
        guard let key = identity.credentials.keyFingerprint, let owner = authenticator.owner(ofKey: key) else {
            return nil
        }
        return KeyLogin(user: owner.user, groups: owner.groups, proof: .key(key))
    }

    /// What is configured for the account of a connection.
    func entry(for identity: PeerIdentity) -> AccountRules.Entry {
        if case .login(let user) = identity.account { return accounts.entry(forLogin: user) }
        return accounts.entry(for: identity.credentials)
    }

    /// Notes that a peer has logged in by its key or its certificate.
    func noteLogin(_ login: KeyLogin, of peer: PeerID) {
        connection(of: peer)?.provenUser = login.user
        switch login.proof {
        case .key(let key):
            note(.keyAccepted, by: peer, ["key": "\(key)"])
            authenticator.noteUse(ofKey: key)
        case .subject(let subject): note(.keyAccepted, by: peer, ["subject": "\(PeerLabel.printable(subject))"])
        }
    }

    /// Whether a peer's certificate or key is still that of a user.
    private func proves(_ identity: PeerIdentity, _ user: String) -> Bool {
        if let subject = identity.forwarding?.subject, subjects[subject] == user, authenticator.groups(of: user) != nil
        {
            return true
        }
        return identity.credentials.keyFingerprint.flatMap(authenticator.owner(ofKey:))?.user == user
    }

    /// Closes the peers that have logged in by a key or a certificate which no longer is that user's.
    func closeInvalidLogins() {
        for connection in connections {
            guard let connection, let user = connection.provenUser, case .open(let peer) = connection.phase,
                !proves(connection.identity, user)
            else { continue }
            connection.provenUser = nil
            note(.keyClosed, by: peer, ["user": "\(user)"])
            bus.refuse(peer, with: .invalidKey)
            scheduleTurnEnd()
        }
    }
}
