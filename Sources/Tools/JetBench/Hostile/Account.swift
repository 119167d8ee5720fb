import CLinux
import Glibc
import JSONText
import Jet
import JetProtocol
import JetUsers

/// Who a peer of `jet bench hostile` is for the daemon. The daemon charges what a peer uses to its user, so the honest
/// peers, the publisher and the attackers are three.
enum Account: String, CaseIterable, Sendable {
    /// The peers that are measured.
    case honest
    /// The owner of the States that the attackers read.
    case publisher
    /// The attackers.
    case attacker

    /// The user of the system, which needs not exist.
    var uid: UInt32 {
        switch self {
        case .honest: 61_001
        case .publisher: 61_002
        case .attacker: 61_003
        }
    }

    /// The password of the user `rawValue` of the bus.
    var password: String { "password of \(rawValue)" }

    /// The user whose login is measured beside an attack on passwords.
    static var loginUser: String { "login" }

    /// The users file: one for each account, checked quickly, and `loginUser`, whose password takes as long to check as
    /// any that `jet passwd` has set.
    static func users() throws(BenchError) -> UserTable {
        var users = UserTable()
        do throws(Crypt.Failure) {
            for account in allCases {
                let hash = try Crypt.hash(Secret(account.password), by: Crypt.Method(prefix: "$5$", cost: 1000))
                users[account.rawValue] = User(hash: hash)
            }
            users[loginUser] = User(hash: try Crypt.hash(Secret(Account.honest.password)))
        } catch {
            throw .impossible("Cannot hash a password: \(error).")
        }
        return users
    }
}

/// How the peers of one measurement become different users.
enum Separation: String, Sendable {
    /// As users of the system: each thread of root can open connections as any user.
    case uid
    /// As users of the bus, by `authenticate`.
    case login
    /// Not at all: all are one user.
    case none

    /// The best one for a daemon that was started with `Account.users()`.
    static var best: Separation {
        guard geteuid() == 0, linux_set_thread_user(Account.honest.uid) == 0 else { return .login }
        return linux_set_thread_user(0) == 0 ? .uid : .login
    }
}

/// Opens connections to the daemon under attack.
struct Door: Sendable {
    /// The unix socket, or the only endpoint.
    let unix: Endpoint
    /// The TCP port, or the only endpoint.
    let tcp: Endpoint
    let separation: Separation
    /// Whether the daemon has `Account.users()`.
    let hasUsers: Bool
    /// Which daemons are trusted, for TLS.
    var security = Peer.Security()

    /// Opens a connection of `account` on `loop`, and logs it in if that is needed.
    ///
    /// - Parameter isFresh: Whether it is left as the daemon sees it, without a login.
    func connect(
        _ account: Account, on loop: LoadLoop, over endpoint: Endpoint? = nil, isFresh: Bool = false, listener: Listener
    ) throws(BenchError) -> Link {
        let endpoint = endpoint ?? unix
        if separation == .uid {
            guard linux_set_thread_user(account.uid) == 0 else {
                throw .impossible("Cannot connect as another user: \(systemError()).")
            }
        }
        // The kernel notes the user when the socket is opened and connected.
        defer { if separation == .uid { _ = linux_set_thread_user(0) } }
        let link = try loop.connect(to: endpoint, listener: listener)
        guard separation == .login, !isFresh else { return link }
        let login = Login()
        link.listener = login
        link.send(Self.authenticate(account.rawValue, account.password))
        try loop.run(overdue: { "the answer to 'authenticate'" }) { login.isDone }
        if link.descriptor >= 0 { link.listener = listener }
        guard login.isAccepted else { throw .cannotConnect(endpoint, reason: "it refused a login") }
        return link
    }

    /// A request of this protocol: `{"id":1,"method":"authenticate",…}`.
    static func authenticate(_ user: String, _ password: String) -> String {
        #"{"id":1,"method":"authenticate","params":{"user":"\#(user)","password":"\#(password)"}}"#
    }

    private final class Login: Listener {
        private(set) var isDone = false
        private(set) var isAccepted = false

        override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
            isDone = true
            isAccepted = (try? JSON(parsing: Array(message)))?["result"] != nil
        }

        override func closed(_ link: Link, to endpoint: Endpoint) throws(BenchError) { isDone = true }
    }
}
