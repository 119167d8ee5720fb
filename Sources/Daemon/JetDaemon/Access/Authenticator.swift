import DocumentedEvents
import JetBus
import JetProtocol
import JetUsers
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Knows the users: checks and changes passwords and keys, on a thread of its own, one after the other.
///
/// One thread is a limit on purpose: checking passwords takes at most one core and the memory of one check, and passwords
/// cannot be guessed faster than that.
final class Authenticator: Sendable {
    /// The users and their file.
    struct Users {
        var file: UserFile?
        var table = UserTable()
        /// The offers to pair.
        var offers = PairingOffers()
        /// The names of users that the configuration gives rights. New users do not get them.
        var reserved: Set<String> = []
        /// How long the last check took, in nanoseconds.
        var checkTime: UInt64 = 30_000_000
    }

    let logger: Logger
    let events: EventLog
    let pool = NIOThreadPool(numberOfThreads: 1)
    let users = Mutex(Users())

    init(logger: Logger) {
        self.logger = logger
        events = EventLog(logger)
    }

    // MARK: Lifecycle

    /// Starts the thread, reads the users file and looks up the users and groups that the configuration names.
    func start(_ configuration: DaemonConfiguration) async throws -> AccessTables {
        pool.start()
        return try await load(configuration)
    }

    /// Reads the users file, and looks up the users and groups that the configuration names. If either fails, nothing
    /// changes.
    ///
    /// - Throws: `DaemonError`, with the position in the file and the reason.
    func load(_ configuration: DaemonConfiguration) async throws -> AccessTables {
        try await pool.runIfActive {
            let access = AccessTables(
                gateways: GatewayTable(configuration.gateways, logger: self.logger),
                grants: try GrantTable(configuration.grants, logger: self.logger),
                accounts: AccountRules(configuration.accounts, logger: self.logger),
                pathOwners: [PathOwner](configuration.paths, logger: self.logger))
            let users = try self.read(configuration)
            self.warn(ofSubjects: configuration.subjects, in: users.table)
            let reserved = Self.names(in: configuration)
            self.users.withLock {
                ($0.file, $0.table, $0.reserved) = (users.file, users.table, reserved)
                // Who made them may have lost the right to.
                $0.offers.endAll()
            }
            return access
        }
    }

    /// The users that the configuration names.
    private static func names(in configuration: DaemonConfiguration) -> Set<String> {
        let holders = configuration.paths.flatMap(\.owners) + configuration.accounts.map(\.holder)
        let logins = holders.compactMap { if case .login(let name) = $0 { name } else { nil } }
        return Set(logins).union(configuration.subjects.values)
    }

    /// Logs which users of certificates do not exist.
    private func warn(ofSubjects subjects: [String: String], in table: UserTable) {
        for (subject, user) in subjects.sorted(by: { $0.key < $1.key }) where table[user] == nil {
            logger.warning(
                "no such user; peers with this certificate are not logged in",
                metadata: ["subject": "\(subject)", "user": "\(user)"])
        }
    }

    private func read(_ configuration: DaemonConfiguration) throws(DaemonError) -> Users {
        guard let file = configuration.users.map({ UserFile($0) }) else { return Users() }
        if configuration.usersMayBeMissing, !file.exists {
            logger.info(
                "there is no users file yet, so authentication is not available; send SIGHUP after creating it",
                metadata: ["file": "\(file.path)"])
            return Users(file: file)
        }
        do throws(UserFileError) {
            return Users(file: file, table: try file.read())
        } catch {
            throw DaemonError(error.description)
        }
    }

    /// Stops the thread after its current work.
    func stop() async { try? await pool.shutdownGracefully() }

    // MARK: Requests

    /// Whether there is a user with this name. It does not wait for the thread.
    func exists(_ user: String) -> Bool { users.withLock { $0.table[user] != nil } }

    /// How long a check takes, in nanoseconds: as long as the last one.
    var checkTime: UInt64 { users.withLock { $0.checkTime } }

    /// Does what changes the users file, or takes long. The future fails if the daemon stops before.
    ///
    /// - Parameter label: The peer, for the log. It may have disconnected when the result is there.
    func check(
        _ request: Bus.AuthenticationRequest, of label: PeerLabel, on eventLoop: any EventLoop
    ) -> EventLoopFuture<Bus.AuthenticationResult> {
        pool.runIfActive(eventLoop: eventLoop) {
            switch request.kind {
            case .authentication: self.login(request, label)
            case .passwordChange(let asker): self.changePassword(request, by: asker, label)
            case .pairing(let code, let title, let key): self.pair(code, title, key, label)
            case .keyRemoval(let key): self.removeKey(key, request.asker, label)
            // The hub answers these itself.
            case .keyAuthentication, .pairingOffer, .keyList: .failed("the request is not for this thread")
            }
        }
    }

    private func login(_ request: Bus.AuthenticationRequest, _ label: PeerLabel) -> Bus.AuthenticationResult {
        let table = users.withLock { $0.table }
        let start = NIODeadline.now()
        let login = table.login(request.user, request.password)
        let time = UInt64(clamping: (NIODeadline.now() - start).nanoseconds)
        users.withLock { $0.checkTime = time }
        switch login {
        case .granted(let groups):
            events.note(DaemonEvent.authenticated, by: label.source, label.with(["user": "\(request.user)"]))
            return .granted(groups)
        case .wrongPassword:
            events.note(DaemonEvent.wrongPassword, by: label.source, label.with(["user": "\(request.user)"]))
            return .wrongPassword
        case .unknownUser:
            noteUnknownUser(request, label)
            return .unknownUser
        }
    }

    /// Logs that there is no user with this name. The name is whatever the peer has sent, so it is cut, and the journal
    /// escapes what cannot be printed.
    func noteUnknownUser(_ request: Bus.AuthenticationRequest, _ label: PeerLabel) {
        events.note(
            DaemonEvent.unknownUser, by: label.source, label.with(["user": "\(PeerLabel.printable(request.user))"]))
    }

    /// Uses what is in a file now, unless another file was configured meanwhile.
    func adopt(_ table: UserTable, of file: UserFile) { users.withLock { if $0.file == file { $0.table = table } } }

    /// Changes the password in the users file, which is read again before. Other changes in the file apply from now on,
    /// too.
    private func changePassword(_ request: Bus.AuthenticationRequest, by asker: String, _ label: PeerLabel)
        -> Bus.AuthenticationResult
    {
        let metadata = label.with(["user": "\(request.user)", "by": "\(asker)"])
        guard let file = users.withLock({ $0.file }) else { return .unknownUser }
        do {
            let table = try file.update { users throws(UserTable.Refusal) in
                try users.changePassword(of: request.user, to: request.password, by: asker)
            }
            adopt(table, of: file)
            events.note(DaemonEvent.passwordChanged, by: label.source, metadata)
            return .changed
        } catch let refusal as UserTable.Refusal {
            // The user's name is not logged here and below: it was not checked whether there is such a user.
            events.note(
                DaemonEvent.passwordRefused, by: label.source,
                label.with(["by": "\(asker)", "reason": "\(refusal)"]))
            return switch refusal {
            case .forbidden: .forbidden
            case .unknownUser: .unknownUser
            case .unusablePassword: .wrongPassword
            }
        } catch {
            events.note(
                DaemonEvent.passwordNotSaved, by: label.source, label.with(["by": "\(asker)", "reason": "\(error)"]))
            return .failed("the password could not be saved")
        }
    }
}
