import Glibc
import JetProtocol
import Logging

/// The grants by user ID and group ID.
struct GrantTable: Sendable {
    private var users: [uid_t: Set<String>] = [:]
    private var groups: [gid_t: Set<String>] = [:]

    /// No grants.
    init() {}

    /// Looks up the names. This may block, so it must not run on the event loop.
    ///
    /// - Throws: `DaemonError` for a name that does not exist. If the grant allows that, it logs a warning instead.
    init(_ grants: [Grant], logger: Logger) throws(DaemonError) {
        for grant in grants {
            switch grant.holder {
            case .user(let name):
                if let id = SystemNames.user(name) {
                    users[id, default: []].formUnion(grant.groups)
                } else {
                    try Self.miss("the user '\(name)'", grant, logger)
                }
            case .group(let name):
                if let id = SystemNames.group(name) {
                    groups[id, default: []].formUnion(grant.groups)
                } else {
                    try Self.miss("the group '\(name)'", grant, logger)
                }
            }
        }
    }

    private static func miss(_ whom: String, _ grant: Grant, _ logger: Logger) throws(DaemonError) {
        let error = DaemonError("cannot grant groups to \(whom): it does not exist on this system")
        guard grant.mayBeMissing else { throw error }
        logger.warning("\(error)")
    }

    var isEmpty: Bool { users.isEmpty && groups.isEmpty }

    /// The groups of a peer, from all grants that match it.
    func groups(of peer: PeerCredentials) -> Groups {
        var names = users[peer.user] ?? []
        for group in peer.groups { names.formUnion(groups[group] ?? []) }
        return Groups(fetch: names, set: names, call: names)
    }
}
