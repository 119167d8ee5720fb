internal import AgentCore
internal import Files
internal import Glibc
internal import Handover
internal import JSONText
internal import Jet
internal import NetworkSettings
internal import Synchronization
internal import Systemd

/// The agent's side of the program that changes the network's files: it writes a request to the spool, starts the
/// service that reads it by its unit name, and waits for the answer.
///
/// No part of a request is passed on a command line or in an environment; the service validates the request itself.
final class RootProgram: Sendable {
    private let manager: UnitManager
    private let clock: any Clock<Duration>
    private let files: SettingsFiles
    private let isBusy = Mutex(false)

    /// How long to wait for an answer: a little less than a caller waits.
    private static let patience = Duration.seconds(27)
    /// How often to check for the answer.
    private static let pause = Duration.milliseconds(100)

    init(_ host: Host, bus: any MessageBus, clock: any Clock<Duration>) {
        manager = UnitManager(bus)
        self.clock = clock
        files = SettingsFiles(host)
    }

    /// Makes the root program read the settings of all links again.
    func show() async throws(DBusError) { try await manager.request(.start, NetworkVerb.show.unit) }

    /// Asks the service for what `request` says.
    ///
    /// - Returns: The result.
    /// - Throws: `JetError` if it was refused or went wrong.
    func ask(_ verb: NetworkVerb, _ request: ChangeRequest) async throws -> JSON {
        guard
            isBusy.withLock({ busy in
                defer { busy = true }; return !busy
            })
        else {
            throw JetError(.invalidParams, "Another change of the network is being made right now; try again.")
        }
        defer { isBusy.withLock { $0 = false } }
        try leave(request, for: verb)
        defer { File.remove(files.paths.request(verb)) }
        var left = Self.patience
        // A start that is requested while the previous run is ending may start nothing: then it has to be requested
        // again.
        for _ in 0..<3 {
            do throws(DBusError) {
                try await manager.request(.start, verb.unit)
            } catch {
                throw JetError(
                    .internalError,
                    "The service that changes the network could not be started: \(error.message)", underlying: error)
            }
            for round in 1... {
                if let answer = files.answer(verb, to: request.id) { return try Self.result(answer) }
                guard left > .zero else {
                    throw JetError(.internalError, "The service that changes the network did not answer in time.")
                }
                try await clock.sleep(for: Self.pause)
                left -= Self.pause
                if round % 5 == 0, await hasEnded(verb) {
                    if let answer = files.answer(verb, to: request.id) { return try Self.result(answer) }
                    break
                }
            }
        }
        throw JetError(
            .internalError,
            "The service that changes the network gave no answer; see journalctl -u \(verb.unit).")
    }

    private static func result(_ answer: ChangeAnswer) throws(JetError) -> JSON {
        switch answer.result {
        case .done(let value): return value
        case .refused(let field, let reason): throw JetError(refusing: FieldError(field, reason))
        case .failed(let reason): throw JetError(.internalError, "The change failed: \(reason).")
        }
    }

    /// Writes the request where the service looks for it.
    private func leave(_ request: ChangeRequest, for verb: NetworkVerb) throws(JetError) {
        mkdir(files.paths.requests, 0o750)
        do throws(SystemCallError) {
            try File.replace(files.paths.request(verb), with: request.json.text, mode: 0o640)
        } catch {
            throw JetError(
                .internalError, "The request could not be written to \(files.paths.requests): \(error.reason).")
        }
    }

    private func hasEnded(_ verb: NetworkVerb) async -> Bool { (try? await manager.hasStopped(verb.unit)) ?? false }
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
