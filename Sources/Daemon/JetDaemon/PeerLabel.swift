import DocumentedEvents
import JetBus
import Logging
import NIOCore

/// How a peer is told from others in the log.
struct PeerLabel: Sendable {
    /// Its number, what it calls itself, and what is known of it without its own word.
    let metadata: Logger.Metadata
    /// Who must answer for it, as far as that cannot be chosen by a peer: the user that runs it, or where it comes from.
    let culprit: String

    init(_ peer: PeerID, in bus: Bus, _ connection: Connection?) {
        var metadata: Logger.Metadata = ["peer": "\(peer.index)"]
        if let name = bus.name(of: peer) { metadata["name"] = "\(Self.beginning(of: name))" }
        if let user = bus.user(of: peer) { metadata["user"] = "\(user)" }
        let address = connection?.context?.channel.remoteAddress
        if let address, let host = address.ipAddress, let port = address.port {
            metadata["address"] = .string(host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)")
        }
        if let uid = bus.userID(of: peer) {
            metadata["uid"] = "\(uid)"
            culprit = "uid \(uid)"
        } else {
            culprit = address?.ipAddress ?? "somebody"
        }
        self.metadata = metadata
    }

    /// The label with more beside it.
    func with(_ more: Logger.Metadata) -> Logger.Metadata { metadata.merging(more) { $1 } }

    /// Not counted in characters: one of them can have millions of accents.
    private static func beginning(of name: String) -> String { String(name.unicodeScalars.prefix(64)) }
}

extension Hub {
    /// How a peer is told from others in the log, as long as it is connected.
    func label(of peer: PeerID) -> PeerLabel { PeerLabel(peer, in: bus, connection(of: peer)) }

    /// Logs an event that a peer has brought about, unless there were too many of it.
    func note(
        _ event: DaemonEvent, by peer: PeerID, _ more: @autoclosure () -> Logger.Metadata = [:],
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        let label = label(of: peer)
        events.note(event, by: label.culprit, label.with(more()), file: file, function: function, line: line)
    }

    /// Logs what the bus has to say about its peers.
    func noteIncidents() {
        for incident in bus.takeWarnings() {
            switch incident.kind {
            case .limitExceeded(let limit, let max):
                let event: DaemonEvent = incident.isClosed ? .peerClosedForLimit : .limitReached
                note(event, by: incident.peer, ["limit": "\(limit)", "max": "\(max)"])
            case .unreadable(let count): note(.peerUnreadable, by: incident.peer, ["count": "\(count)"])
            case .slow: note(.peerSlow, by: incident.peer)
            }
        }
    }
}
