public import DocumentedEvents
public import Logging

/// The events of the daemon and its peers that an administrator may look for in the journal. The catalog
/// (packaging/catalog/jet.catalog) explains each of them and what to do.
public enum DaemonEvent: String, DocumentedEvent {
    // Lifecycle

    /// The daemon listens and serves peers.
    case serving = "8c22a490a14b496080f89924677e4c77"
    /// The daemon has stopped after a signal.
    case stopped = "0277719559d14e2bbe20ad522b7943c5"
    /// The daemon could not start.
    case notStarted = "01e0b8d58a1046e384a159e6cd35a227"
    /// The daemon has read its files again.
    case reloaded = "7a4b9bb0d67f4cdda935af142759ad11"
    /// Something in its files is wrong; the daemon keeps the old settings.
    case notReloaded = "7e81b80106cc4018a7b6e80e4e07e22f"

    /// The files of the page cannot be served.
    case pageNotRead = "d9396de2bee8488e9fc01fea9fa91e38"

    // Connections

    /// A listening socket was closed unexpectedly.
    case listenerLost = "e7de2f24568749daa5ef68e4ebc37584"
    /// New connections cannot be accepted, most often for lack of file descriptors.
    case acceptingPaused = "7220bfe9099c49368a924343618ebdc5"
    /// New connections are accepted again.
    case acceptingResumed = "e10cf0bf88d14c31a76bd88cc9e9a84a"
    /// Connections from other machines are refused, since they would not be encrypted.
    case plaintextRefused = "43fc689fdbdb4c6eb194ed8dad42fe78"
    /// A web page of an origin that is not allowed tried to connect.
    case originRefused = "1915325d355a43e5a556effa9b3ab590"
    /// A connection was refused because its account has as many as it may have.
    case connectionRefused = "32eef301583e43cc84ced146ec4556da"
    /// A program that is no gateway has connected to the socket for gateways.
    case gatewayRefused = "bdc6bed14b52405bbbf405d2475f0d9f"
    /// A connection of a gateway was closed because of its header.
    case badHeader = "ff022ca34cd5434aa40e933f40ca0c8c"
    /// A peer was closed because it had not sent a message in time.
    case peerSilent = "79086bb3442a4e4b9997ece9a3c2488e"
    /// A WebSocket peer was closed because it did not answer pings.
    case pingsUnanswered = "a65e4fb422f74d2597b72ec27d2440af"

    // Peers

    /// A peer was closed because it sent a message that is too long.
    case messageTooLong = "d61bfb6c76394d5288833296298c9c22"
    /// A peer was closed because it broke the WebSocket protocol.
    case webSocketBroken = "de90feff557647c299b354c014d9f3eb"
    /// A peer was closed because many messages in a row could not be parsed.
    case peerUnreadable = "53022ee5d4e54f6e9d4c0fcfa8add7c9"
    /// A peer has reached a limit; its request failed.
    case limitReached = "287420d4d80141f6971065c68ffcf334"
    /// A peer has reached a limit and was closed.
    case peerClosedForLimit = "a9b670e187a2424e9a02a75ff3f1c8ae"
    /// A peer reads too slowly; it gets only the newest value of each State.
    case peerSlow = "e824f4877f6149a1a9ef9e6718529bcb"

    // Users

    /// A peer has authenticated.
    case authenticated = "bab5d558d1b94b3fa43711dd6e98d6f8"
    /// A peer was logged in by its key or its certificate.
    case keyAccepted = "90033c49d9aa4b9cb307d0566978c6f8"
    /// A peer tried to authenticate with a wrong password.
    case wrongPassword = "72fd22f8589b4e71bc99b260b51fd968"
    /// A peer tried to authenticate as a user that does not exist.
    case unknownUser = "7c5debc198cd4132826afcbf5ad9e04b"
    /// A user's password was changed.
    case passwordChanged = "39fa319247034e4cb73ff24c6fe5c1c7"
    /// A change of a password was refused.
    case passwordRefused = "24757019a8a14ff4945f4421be71954f"
    /// A change of a password could not be saved.
    case passwordNotSaved = "0e81b1e14c1d4dd2839c5b19e1789b53"

    // Keys

    /// A peer has offered a pairing.
    case pairingOffered = "6c2aed22bb1c4709b692850879e3e145"
    /// A peer has left its key with a user.
    case paired = "c8c142aafc4841c69304a567eadcb993"
    /// A peer tried to pair with a code that is not valid.
    case pairingRefused = "c7bb84b469cd431f9d90305520e8be5c"
    /// A key was removed from a user.
    case keyRemoved = "7492e2fd015f4c94b2c70948cfba357e"
    /// The peers of a key were closed, because it is no longer in the users file.
    case keyClosed = "5edefc0d44654f819ffb986ede1f409f"
    /// A change of the keys in the users file could not be saved.
    case keysNotSaved = "f99ed8ae5fab4360a7904423f8201554"

    /// The level and the message of each.
    public var entry: (level: Logger.Level, message: Logger.Message) {
        switch self {
        case .serving: (.notice, "serving")
        case .stopped: (.notice, "stopped")
        case .notStarted: (.critical, "could not start")
        case .reloaded: (.notice, "reloaded")
        case .notReloaded: (.error, "reload failed; the old settings stay in use")
        case .pageNotRead: (.warning, "files of the page cannot be served")
        case .listenerLost: (.critical, "no longer listening")
        case .acceptingPaused: (.error, "cannot accept connections")
        case .acceptingResumed: (.notice, "connections are accepted again")
        case .plaintextRefused:
            (
                .error,
                """
                connections from other machines are refused here, since they are not encrypted; to encrypt them, use \
                jetd-remote.socket, see jet-remote(7); to accept them, set allow-plaintext = true in the section \
                [remote] of jetd.toml
                """
            )
        case .originRefused:
            (.notice, "a web page was refused; to allow it, add its origin to allow-origins in jetd.toml")
        case .connectionRefused: (.warning, "connection refused: its account has as many as it may have")
        case .gatewayRefused: (.warning, "connection of a gateway refused")
        case .badHeader: (.warning, "connection of a gateway closed: its header is wrong")
        case .peerSilent: (.info, "peer closed: it has not sent a message")
        case .pingsUnanswered: (.notice, "peer closed: it does not answer pings")
        case .messageTooLong: (.notice, "peer closed: message too long")
        case .webSocketBroken: (.notice, "peer closed: it broke the WebSocket protocol")
        case .peerUnreadable: (.warning, "peer closed: its messages cannot be parsed")
        case .limitReached: (.warning, "a peer has reached a limit")
        case .peerClosedForLimit: (.warning, "peer closed: it has reached a limit")
        case .peerSlow: (.info, "a peer reads too slowly; it gets only the newest value of each State")
        case .authenticated: (.info, "authenticated")
        case .keyAccepted: (.info, "logged in")
        case .wrongPassword: (.notice, "wrong password")
        case .unknownUser: (.notice, "unknown user")
        case .passwordChanged: (.notice, "password changed")
        case .passwordRefused: (.notice, "password not changed")
        case .passwordNotSaved: (.error, "password not changed: it could not be saved")
        case .pairingOffered: (.notice, "pairing offered")
        case .paired: (.notice, "paired")
        case .pairingRefused: (.notice, "pairing refused")
        case .keyRemoved: (.notice, "key removed")
        case .keyClosed: (.notice, "peer closed: its key is no longer valid")
        case .keysNotSaved: (.error, "the keys in the users file could not be changed")
        }
    }
}
