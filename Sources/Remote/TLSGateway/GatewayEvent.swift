public import DocumentedEvents
public import Logging

/// The events of the gateway that an administrator may look for in the journal. The catalog (packaging/catalog/jet.catalog)
/// explains each of them and what to do.
public enum GatewayEvent: String, DocumentedEvent {
    // Lifecycle

    /// The gateway listens.
    case serving = "359781560d7948218ae86430ba157d45"
    /// The gateway has stopped after a signal.
    case stopped = "c7eb5b04c03c453fadc01768e0be640e"
    /// The gateway could not start.
    case notStarted = "cd6fa5c1024f47b2b6fa5c454960f196"
    /// The gateway has read its configuration and its certificate again.
    case reloaded = "ddce1b67463342158f5020c4d74ccba7"
    /// Something in its configuration or its certificate is wrong; the gateway keeps the old ones.
    case notReloaded = "a74b15b4fcd646048f4b03980df8c4bc"
    /// The certificate expires soon.
    case certificateExpires = "6441a62ec51f44eeae7c469a5e78f0ac"

    // Connections

    /// New connections cannot be accepted, most often for lack of file descriptors.
    case acceptingPaused = "eaa6316ecbfe4fdaa1e2d76a860fbe6c"
    /// A connection was refused because there are as many as there may be.
    case connectionRefused = "d376b7b6785e4e3bb347385240f7e89e"
    /// A connection was closed because its handshake failed, or took too long.
    case handshakeFailed = "bb40cf2831534bcdab404aee19dd117c"
    /// The daemon cannot be reached.
    case daemonUnreachable = "fbe111f7894d44adb402d21c03e1c0e4"
    /// The daemon can be reached again.
    case daemonReachable = "958a5fae81b44ee7a473d1670e375a09"
    /// A connection was closed because the CA of its client certificate is no longer trusted.
    case noLongerTrusted = "cda8f41f4b60409e82d3afd418d8d9fa"

    /// The level and the message of each.
    public var entry: (level: Logger.Level, message: Logger.Message) {
        switch self {
        case .serving: (.notice, "serving")
        case .stopped: (.notice, "stopped")
        case .notStarted: (.critical, "could not start")
        case .reloaded: (.notice, "reloaded")
        case .notReloaded: (.error, "reload failed; the old configuration and certificate stay in use")
        case .certificateExpires: (.warning, "the certificate expires soon, or has expired")
        case .acceptingPaused: (.error, "cannot accept connections")
        case .connectionRefused: (.warning, "connection refused: there are as many as there may be")
        case .handshakeFailed: (.info, "the handshake of a connection failed")
        case .daemonUnreachable: (.error, "jetd cannot be reached; connections are closed")
        case .daemonReachable: (.notice, "jetd can be reached again")
        case .noLongerTrusted: (.notice, "connection closed: the CA of its certificate is no longer trusted")
        }
    }
}
