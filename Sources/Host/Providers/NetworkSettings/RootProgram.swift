internal import Glibc
internal import JSONText
internal import Jet
internal import NetworkSettings
internal import Synchronization
internal import Systemd

/// The agent's side of the program that changes the network's files: a request is left in the spool, the service that
/// reads it is started by its name, and the answer is waited for.
///
/// Nothing of a request is on a command line or in an environment; what the other side believes of it, it decides for
/// itself.
final class RootProgram: Sendable {
    private let host: Host
    private let bus: any MessageBus
    private let clock: any Clock<Duration>
    private let files: SettingsFiles
    private let isBusy = Mutex(false)

    /// So long an answer may take: a little less than a caller waits.
    private static let patience = Duration.seconds(27)
    /// How often is looked for it.
    private static let pause = Duration.milliseconds(100)

    init(_ host: Host, bus: any MessageBus, clock: any Clock<Duration>) {
        self.host = host
        self.bus = bus
        self.clock = clock
        files = SettingsFiles(host)
    }

    /// Has the root program look at all links anew.
    func show() async throws(DBusError) { try await start("show") }

    /// Asks the service for what `request` says.
    ///
    /// - Returns: What came of it.
    /// - Throws: `JetError` if it was refused or went wrong.
    func ask(_ service: String, _ request: ChangeRequest) async throws -> JSON {
        guard
            isBusy.withLock({ busy in
                defer { busy = true }; return !busy
            })
        else {
            throw JetError(.invalidParams, "Another change of the network is being made right now; try again.")
        }
        defer { isBusy.withLock { $0 = false } }
        try leave(request, for: service)
        defer { unlink(path(service)) }
        var left = Self.patience
        // A start that meets the end of the one before is taken for that one: then it has to be said again.
        for _ in 0..<3 {
            do throws(DBusError) {
                try await start(service)
            } catch {
                throw JetError(
                    .internalError,
                    "The service that changes the network could not be started: \(error.message)", underlying: error)
            }
            for round in 1... {
                if let answer = files.answer(service, to: request.id) { return try Self.result(answer) }
                guard left > .zero else {
                    throw JetError(.internalError, "The service that changes the network did not answer in time.")
                }
                try await clock.sleep(for: Self.pause)
                left -= Self.pause
                if round % 5 == 0, await hasEnded(service) {
                    if let answer = files.answer(service, to: request.id) { return try Self.result(answer) }
                    break
                }
            }
        }
        throw JetError(
            .internalError,
            "The service that changes the network gave no answer; see journalctl -u jet-network-\(service).service.")
    }

    private static func result(_ answer: ChangeAnswer) throws(JetError) -> JSON {
        switch answer.result {
        case .done(let value): return value
        case .refused(let field, let reason): throw JetError(refusing: FieldError(field, reason))
        case .failed(let reason): throw JetError(.internalError, "The change failed: \(reason).")
        }
    }

    /// Writes the request where the service looks for it.
    private func leave(_ request: ChangeRequest, for service: String) throws(JetError) {
        let directory = host.file("run/jet-agent/network")
        mkdir(directory, 0o750)
        let path = path(service)
        let beside = path + ".new"
        unlink(beside)
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        let bytes = request.json.text
        let length = descriptor < 0 ? -1 : write(descriptor, bytes, bytes.count)
        let code = errno
        if descriptor >= 0 { close(descriptor) }
        guard length == bytes.count, rename(beside, path) == 0 else {
            let reason = String(cString: strerror(code))
            throw JetError(.internalError, "The request could not be left in \(directory): \(reason).")
        }
    }

    private func path(_ service: String) -> String { host.file("run/jet-agent/network/\(service).json") }

    private func start(_ service: String) async throws(DBusError) {
        _ = try await bus.call(
            MethodCall(
                destination: Self.manager, path: "/org/freedesktop/systemd1", interface: Self.manager + ".Manager",
                member: "StartUnit", arguments: [.string("jet-network-\(service).service"), .string("replace")]))
    }

    private func hasEnded(_ service: String) async -> Bool {
        let state = try? await bus.property(
            "ActiveState", of: Self.manager + ".Unit",
            at: "/org/freedesktop/systemd1/unit/jet_2dnetwork_2d\(service)_2eservice", destination: Self.manager)
        return state?.string == "inactive" || state?.string == "failed"
    }

    private static let manager = "org.freedesktop.systemd1"
}

extension JetError {
    /// The refusal of a change: `data` is `{field, reason}`, without `field` where it is none.
    init(refusing error: FieldError) {
        var data: JSON.Object = [:]
        if !error.field.isEmpty { data["field"] = .string(error.field) }
        data["reason"] = .string(error.reason)
        self.init(
            .invalidParams, error.field.isEmpty ? error.reason : error.description, data: .object(data))
    }
}
