import Glibc
import Logging

/// The users and groups of the system that may forward the connections of others, by their numbers.
struct GatewayTable: Sendable {
    private var users: Set<uid_t> = []
    private var groups: Set<gid_t> = []

    /// No gateways.
    init() {}

    /// Looks up the names. This may block, so it must not run on the event loop.
    ///
    /// A name that does not exist is no gateway. That is worth a warning only if an administrator wrote it: `jet-tls` is not
    /// installed everywhere.
    init(_ holders: [Grant.Holder], logger: Logger) {
        for holder in holders {
            switch holder {
            case .user(let name):
                if let id = SystemNames.user(name) {
                    users.insert(id)
                } else {
                    Self.miss("user:\(name)", holders, logger)
                }
            case .group(let name):
                if let id = SystemNames.group(name) {
                    groups.insert(id)
                } else {
                    Self.miss("group:\(name)", holders, logger)
                }
            }
        }
    }

    private static func miss(_ name: String, _ holders: [Grant.Holder], _ logger: Logger) {
        logger.log(
            level: holders == DaemonConfiguration.usualGateways ? .debug : .warning,
            "no such user or group; it cannot be a gateway", metadata: ["gateway": "\(name)"])
    }

    /// Whether a process with these credentials is a gateway.
    func admits(_ credentials: PeerCredentials) -> Bool {
        users.contains(credentials.user) || !groups.isDisjoint(with: credentials.groups)
    }
}
