/// Decides who may add an element at a path (jet-protocol(7) §6.3): the owners of the longest prefix that the path begins
/// with. Below no prefix, every peer may.
///
/// Most paths begin with no prefix. Their first byte shows it.
final class PathOwners {
    /// The longest prefix first.
    private var rules: [PathOwner] = []
    /// Whether some prefix begins with a byte. With an empty prefix, all bytes are true.
    private var firstBytes: [Bool] = []
    /// Whether there are no rules.
    private(set) var isEmpty = true

    init(_ rules: [PathOwner]) { replace(by: rules) }

    /// Replaces all rules. Elements that exist stay.
    func replace(by rules: [PathOwner]) {
        self.rules = rules.sorted { $0.prefix.count > $1.prefix.count }
        firstBytes = Array(repeating: rules.contains { $0.prefix.isEmpty }, count: 256)
        for first in rules.compactMap(\.prefix.first) { firstBytes[Int(first)] = true }
        isEmpty = rules.isEmpty
    }

    /// Whether a peer may add an element at a path.
    @inline(__always)
    func admit(_ peer: Peer, at path: UnsafeRawBufferPointer) -> Bool {
        if isEmpty { return true }
        if let first = path.first, !firstBytes[Int(first)] { return true }
        return isOwner(peer, of: path)
    }

    @inline(never)
    private func isOwner(_ peer: Peer, of path: UnsafeRawBufferPointer) -> Bool {
        guard let rule = rules.first(where: { path.starts(with: $0.prefix) }) else { return true }
        let credentials = peer.credentials
        if let userID = credentials.userID, userID == 0 || rule.owners.contains(.userID(userID)) { return true }
        if let user = peer.user, rule.owners.contains(.login(user)) { return true }
        return credentials.groupIDs.contains { rule.owners.contains(.groupID($0)) }
    }
}

extension Bus {
    /// Replaces the rules of who may add elements below which prefixes. Elements that exist stay.
    public func setPathOwners(_ owners: [PathOwner]) { pathOwners.replace(by: owners) }
}
