import DocumentedEvents
import JetBus
import Logging
import NIOCore

/// What identifies a peer in the log.
struct PeerLabel: Sendable {
    /// Its number, the name it chose, and what the daemon knows about it.
    let metadata: Logger.Metadata
    /// The source of its events, which the peer cannot choose: the user that it runs as, or its address.
    let source: String

    init(_ peer: PeerID, in bus: Bus, _ identity: PeerIdentity?) {
        var metadata: Logger.Metadata = ["peer": "\(peer.index)"]
        if let name = bus.name(of: peer) { metadata["name"] = "\(Self.beginning(of: name))" }
        if let user = bus.user(of: peer) { metadata["user"] = "\(user)" }
        let end = identity?.end
        metadata["address"] = end.map { "\($0)" }
        if let uid = bus.userID(of: peer) {
            metadata["uid"] = "\(uid)"
            source = "uid \(uid)"
        } else {
            source = identity?.host ?? "unknown"
        }
        self.metadata = metadata
    }

    /// The label of a connection that is no peer of the bus yet.
    init(_ identity: PeerIdentity) {
        var metadata: Logger.Metadata = [:]
        metadata["address"] = identity.end.map { "\($0)" }
        metadata["uid"] = identity.credentials.userID.map { "\($0)" }
        self.metadata = metadata
        source = identity.credentials.userID.map { "uid \($0)" } ?? identity.host
    }

    /// The label with more metadata.
    func with(_ more: Logger.Metadata) -> Logger.Metadata { metadata.merging(more) { $1 } }

    /// The beginning of a text that a peer has sent, without control characters and what else cannot be printed.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(64).map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                        "\u{FFFD}"
                    default: scalar
                    }
                }))
    }

    /// The beginning of a name, not counted in characters: one character can have millions of accents.
    private static func beginning(of name: String) -> String { String(name.unicodeScalars.prefix(64)) }
}

extension Hub {
    /// What identifies a connected peer in the log.
    func label(of peer: PeerID) -> PeerLabel { PeerLabel(peer, in: bus, identity(of: peer)) }

    /// Logs an event that a peer caused, unless it caused too many.
    func note(
        _ event: DaemonEvent, by peer: PeerID, _ more: @autoclosure () -> Logger.Metadata = [:],
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        let label = label(of: peer)
        events.note(event, by: label.source, label.with(more()), file: file, function: function, line: line)
    }

    /// Logs the incidents that the bus reports about its peers.
    func logWarnings() {
        for warning in bus.takeWarnings() {
            switch warning.kind {
            case .limitExceeded(let limit, let max):
                let event: DaemonEvent = warning.isClosed ? .peerClosedForLimit : .limitReached
                noteLimit(event, by: warning, limit, max)
            case .unreadable(let count): note(.peerUnreadable, by: warning.peer, ["count": "\(count)"])
            case .slow: note(.peerSlow, by: warning.peer)
            }
        }
    }

    /// Logs that a peer has reached a limit, once a minute for each account and limit.
    private func noteLimit(_ event: DaemonEvent, by warning: Bus.PeerWarning, _ limit: String, _ max: Int) {
        quotaEvents.note(
            event, by: "\(warning.account) \(limit)",
            label(of: warning.peer).with(["limit": "\(limit)", "max": "\(max)", "account": "\(warning.account)"]))
    }
}
