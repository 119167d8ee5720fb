public import DocumentedEvents
public import Logging

/// What can happen to the daemon, and what peers can make happen to it, that its admin may want to know. The catalog
/// (packaging/catalog/jet.catalog) says of each why it happens and what to do.
public enum DaemonEvent: String, DocumentedEvent {
    // Its life

    /// It listens, and serves whoever comes.
    case serving = "8c22a490a14b496080f89924677e4c77"
    /// It ends, as it was told.
    case stopped = "0277719559d14e2bbe20ad522b7943c5"
    /// It could not start.
    case notStarted = "01e0b8d58a1046e384a159e6cd35a227"
    /// It has read its files anew.
    case reloaded = "7a4b9bb0d67f4cdda935af142759ad11"
    /// Something in its files is not right: what was there before still holds.
    case notReloaded = "7e81b80106cc4018a7b6e80e4e07e22f"

    // Connections

    /// A socket that it listened on is gone.
    case listenerLost = "e7de2f24568749daa5ef68e4ebc37584"
    /// Something has run out that a new connection takes, most often descriptors.
    case acceptingPaused = "7220bfe9099c49368a924343618ebdc5"
    /// New connections are accepted again.
    case acceptingResumed = "e10cf0bf88d14c31a76bd88cc9e9a84a"
    /// Connections from other machines are refused, since nothing would hide what they say.
    case plaintextRefused = "43fc689fdbdb4c6eb194ed8dad42fe78"
    /// A page that comes from elsewhere wanted to connect.
    case originRefused = "1915325d355a43e5a556effa9b3ab590"
    /// A peer was closed because it does not answer pings.
    case pingsUnanswered = "a65e4fb422f74d2597b72ec27d2440af"

    // Peers

    /// A message is longer than allowed; the peer was closed.
    case messageTooLong = "d61bfb6c76394d5288833296298c9c22"
    /// What a peer says is no WebSocket; it was closed.
    case webSocketBroken = "de90feff557647c299b354c014d9f3eb"
    /// Many of a peer's messages in a row could not be read; it was closed.
    case peerUnreadable = "53022ee5d4e54f6e9d4c0fcfa8add7c9"
    /// A peer has used up what it is allowed, and was refused.
    case limitReached = "287420d4d80141f6971065c68ffcf334"
    /// A peer has used up what it is allowed, and was closed.
    case peerClosedForLimit = "a9b670e187a2424e9a02a75ff3f1c8ae"
    /// A peer does not read as fast as it is told things: it is told the newest of each only.
    case peerSlow = "e824f4877f6149a1a9ef9e6718529bcb"

    // Users

    /// A peer has shown that it is a user.
    case authenticated = "bab5d558d1b94b3fa43711dd6e98d6f8"
    /// The password was not the user's.
    case wrongPassword = "72fd22f8589b4e71bc99b260b51fd968"
    /// There is no such user.
    case unknownUser = "7c5debc198cd4132826afcbf5ad9e04b"
    /// A user has a new password.
    case passwordChanged = "39fa319247034e4cb73ff24c6fe5c1c7"
    /// A user has no new password, because that may not be, or not be so.
    case passwordRefused = "24757019a8a14ff4945f4421be71954f"
    /// A user has no new password, because that could not be saved.
    case passwordNotSaved = "0e81b1e14c1d4dd2839c5b19e1789b53"

    /// How much each matters, and what its entry says.
    public var entry: (level: Logger.Level, message: Logger.Message) {
        switch self {
        case .serving: (.notice, "serving")
        case .stopped: (.notice, "stopped")
        case .notStarted: (.critical, "could not start")
        case .reloaded: (.notice, "reloaded")
        case .notReloaded: (.error, "not reloaded; what was there before still holds")
        case .listenerLost: (.critical, "no longer listening")
        case .acceptingPaused: (.error, "cannot accept connections")
        case .acceptingResumed: (.notice, "connections are accepted again")
        case .plaintextRefused:
            (
                .error,
                """
                peers from elsewhere are refused, since what they say, passwords included, would travel in plain text; \
                allow-plaintext = true in the section [remote] of jetd.toml lets them
                """
            )
        case .originRefused:
            (.notice, "a page may not connect; --ws-allow-origin, or allow-origins in jetd.toml, lets it")
        case .pingsUnanswered: (.notice, "peer closed: pings are not answered")
        case .messageTooLong: (.notice, "peer closed: message too long")
        case .webSocketBroken: (.notice, "peer closed: no WebSocket")
        case .peerUnreadable: (.warning, "peer closed: its messages cannot be read")
        case .limitReached: (.warning, "a peer has reached a limit")
        case .peerClosedForLimit: (.warning, "peer closed: it has reached a limit")
        case .peerSlow: (.info, "a peer does not keep up; it is told only the newest of each state")
        case .authenticated: (.info, "authenticated")
        case .wrongPassword: (.notice, "wrong password")
        case .unknownUser: (.notice, "unknown user")
        case .passwordChanged: (.notice, "password changed")
        case .passwordRefused: (.notice, "password not changed")
        case .passwordNotSaved: (.error, "password not changed: it could not be saved")
        }
    }
}
