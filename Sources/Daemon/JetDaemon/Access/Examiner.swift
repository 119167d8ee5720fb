import DocumentedEvents
import JetBus
import JetProtocol
import JetUsers
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The *examiner*: knows the users and their passwords, and works on a thread of its own, one thing after the other.
///
/// One thread is enough, and a bound: however many ask, checking passwords takes one core and the memory of one check,
/// and nobody can guess faster than that.
final class Examiner: Sendable {
    /// Those it knows, and where they stand.
    private struct Users {
        var file: UserFile?
        var table = UserTable()
    }

    private let logger: Logger
    private let events: EventLog
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let users = Mutex(Users())

    init(logger: Logger) {
        self.logger = logger
        events = EventLog(logger)
    }

    // MARK: Life

    /// Starts the thread, and loads.
    func start(_ configuration: DaemonConfiguration) async throws -> GrantTable {
        pool.start()
        return try await load(configuration)
    }

    /// Reads the users and looks the names of the grants up, as `configuration` says. If either fails, both are as they
    /// were.
    ///
    /// - Throws: `DaemonError`, with the place in the file and the reason.
    func load(_ configuration: DaemonConfiguration) async throws -> GrantTable {
        guard configuration.users != nil || !configuration.grants.isEmpty else {
            users.withLock { $0 = Users() }
            return GrantTable()
        }
        return try await pool.runIfActive {
            let grants = try GrantTable(configuration.grants, logger: self.logger)
            let users = try self.read(configuration)
            self.users.withLock { $0 = users }
            return grants
        }
    }

    private func read(_ configuration: DaemonConfiguration) throws(DaemonError) -> Users {
        guard let file = configuration.users.map({ UserFile($0) }) else { return Users() }
        if configuration.usersMayBeMissing, !file.exists {
            logger.info(
                "there is no users file yet, so nobody can authenticate; it is looked for again on SIGHUP",
                metadata: ["file": "\(file.path)"])
            return Users(file: file)
        }
        do throws(UserFileError) {
            return Users(file: file, table: try file.read())
        } catch {
            throw DaemonError(error.description)
        }
    }

    /// Ends the thread, when it has done what it is at.
    func stop() async { try? await pool.shutdownGracefully() }

    // MARK: Questions

    /// Finds out. The future fails when the daemon ends before that.
    ///
    /// - Parameter label: Who asks, for the log: by the time of the verdict the peer may be gone.
    func examine(
        _ question: Bus.AuthenticationRequest, of label: PeerLabel, on eventLoop: any EventLoop
    ) -> EventLoopFuture<Bus.AuthenticationResult> {
        pool.runIfActive(eventLoop: eventLoop) {
            switch question.kind {
            case .authentication: self.login(question, label)
            case .passwordChange(let asker): self.changePassword(question, by: asker, label)
            }
        }
    }

    private func login(_ question: Bus.AuthenticationRequest, _ label: PeerLabel) -> Bus.AuthenticationResult {
        let users = users.withLock { $0.table }
        switch users.login(question.user, question.password) {
        case .granted(let groups):
            events.note(DaemonEvent.authenticated, by: label.culprit, label.with(["user": "\(question.user)"]))
            return .granted(groups)
        case .wrongPassword:
            events.note(DaemonEvent.wrongPassword, by: label.culprit, label.with(["user": "\(question.user)"]))
            return .wrongPassword
        case .unknownUser:
            // Not the name: it may be a password that was typed in the wrong place.
            events.note(DaemonEvent.unknownUser, by: label.culprit, label.metadata)
            return .unknownUser
        }
    }

    /// Changes the password in the file as it is now, not as it was when it was loaded; what else has been changed in it
    /// holds from now on.
    private func changePassword(_ question: Bus.AuthenticationRequest, by asker: String, _ label: PeerLabel)
        -> Bus.AuthenticationResult
    {
        let metadata = label.with(["user": "\(question.user)", "by": "\(asker)"])
        guard let file = users.withLock({ $0.file }) else { return .unknownUser }
        do {
            let table = try file.update { users throws(UserTable.Refusal) in
                try users.changePassword(of: question.user, to: question.password, by: asker)
            }
            users.withLock { if $0.file == file { $0.table = table } }
            events.note(DaemonEvent.passwordChanged, by: label.culprit, metadata)
            return .changed
        } catch let refusal as UserTable.Refusal {
            // Here and below not whose: nobody has looked whether there is such a user.
            events.note(
                DaemonEvent.passwordRefused, by: label.culprit,
                label.with(["by": "\(asker)", "reason": "\(refusal)"]))
            return switch refusal {
            case .forbidden: .forbidden
            case .unknownUser: .unknownUser
            case .unusablePassword: .wrongPassword
            }
        } catch {
            events.note(
                DaemonEvent.passwordNotSaved, by: label.culprit, label.with(["by": "\(asker)", "reason": "\(error)"]))
            return .failed("the password could not be saved")
        }
    }
}
