import Files
import Glibc
import Jet

/// The names of users and processes of this machine, for what a daemon on this machine reports by number.
struct SystemNames: Sendable {
    /// The user with this ID.
    var user: @Sendable (_ uid: Int) -> String?
    /// The command that runs as this process.
    var command: @Sendable (_ pid: Int) -> String?

    /// None: the daemon is on another machine.
    static let none = SystemNames(user: { _ in nil }, command: { _ in nil })

    /// Those of this machine.
    static let local = SystemNames(
        user: { uid in
            var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
            var buffer = [CChar](repeating: 0, count: 4096)
            guard let id = uid_t(exactly: uid),
                getpwuid_r(id, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name
            else { return nil }
            return String(cString: name)
        },
        command: { pid in
            guard let text = try? File.contents("/proc/\(pid)/comm", limit: 64) else { return nil }
            return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        })

    /// `uid 1000 (peter)`.
    func title(of account: DaemonPeers.Account) -> String {
        let prefix = "uid "
        guard account.name.hasPrefix(prefix), let uid = Int(account.name.dropFirst(prefix.count)), let name = user(uid)
        else { return account.name }
        return "\(account.name) (\(name))"
    }

    /// `lamp  lampd[123]  peter  admin`: name, process or address, user of the system, user of the bus; and whether it is
    /// slow.
    func title(of peer: DaemonPeers.Connection) -> String {
        var parts = [peer.name ?? "#\(peer.number)"]
        if let pid = peer.pid { parts.append("\(command(pid) ?? "pid")[\(pid)]") }
        if let address = peer.address { parts.append(address) }
        if let uid = peer.uid { parts.append(user(uid) ?? "uid \(uid)") }
        if let user = peer.user { parts.append(user) }
        if peer.uid == nil, peer.address == nil, !peer.account.isEmpty { parts.append(peer.account) }
        if peer.isSlow { parts.append("slow") }
        return parts.joined(separator: "  ")
    }
}
