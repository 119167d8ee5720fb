import JetBus

/// Decides which connections are accepted, so that no account can use up the descriptors.
///
/// The limit of descriptors is divided as the quotas of the bus are: an account may have half of what the others leave. A
/// part is reserved for the unix socket, and a part of that for the administrator: uid 0, and the user that runs the daemon.
/// So an administrator can always connect.
struct Admission {
    /// How many connections there may be in all.
    let total: Int
    /// How many of these only peers on the unix socket may have.
    let reservedForUnix: Int
    /// How many only an administrator may have, on the unix socket.
    let reservedForAdministrator: Int
    private let administrators: Set<UInt32>
    private var used = 0
    private var usedBy: [AccountName: Int] = [:]

    /// Why a connection is refused: its account has `used` connections and may have `max`.
    struct Refusal: Error, Hashable {
        let account: AccountName
        let used: Int
        let max: Int
    }

    /// - Parameters:
    ///   - total: How many connections there may be in all.
    ///   - administrators: The users that may have the reserve.
    init(total: Int, administrators: Set<UInt32>) {
        self.total = total
        self.administrators = administrators
        reservedForUnix = max(total / 8, min(total, 4))
        reservedForAdministrator = max(total / 32, min(total, 2))
    }

    /// How many descriptors connections may use, of this limit. The rest is for listening sockets, the log, files, and
    /// connections that are being refused.
    static func connections(ofDescriptors limit: Int) -> Int { max(limit - 32 - RefusedConnection.most, limit / 2) }

    /// How many connections of gateways may wait for their header, which only then are counted for an account.
    var mostHandshakes: Int { max(total / 4, 16) }

    /// Counts a connection.
    ///
    /// - Parameter configured: The limit that is configured for the account.
    /// - Throws: The refusal, if the account has as many as it may.
    mutating func admit(_ account: AccountName, isUnix: Bool, configured: Int? = nil) throws(Refusal) {
        let own = usedBy[account] ?? 0
        let max = limit(of: account, isUnix: isUnix, configured: configured, own: own)
        guard own < max else { throw Refusal(account: account, used: own, max: max) }
        usedBy[account] = own + 1
        used += 1
    }

    /// A connection that was counted is closed.
    mutating func release(_ account: AccountName) {
        guard let own = usedBy[account] else { return }
        usedBy[account] = own > 1 ? own - 1 : nil
        used -= 1
    }

    private func limit(of account: AccountName, isUnix: Bool, configured: Int?, own: Int) -> Int {
        var isAdministrator = false
        if case .userID(let number) = account { isAdministrator = administrators.contains(number) }
        var reserved = isAdministrator && isUnix ? 0 : reservedForAdministrator
        if !isUnix { reserved += reservedForUnix }
        let left = max(total - reserved - (used - own), 0)
        if let configured { return min(configured, left) }
        return isAdministrator ? left : (left + 1) / 2
    }
}
