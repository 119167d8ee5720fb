internal import Files
internal import Moments
internal import JSONText
public import Handover
internal import NetworkSettings

extension NetworkChanger {
    /// Makes a change, until it is confirmed.
    ///
    /// - Returns: `{"pending": {id, token, deadline, confirmWithin}}`; or what is wrong with the request; or what went
    ///   wrong, when everything is as it was before.
    public func apply(_ request: ChangeRequest) async -> ChangeAnswer {
        let change: PendingChange
        let plan: (files: [(path: String, text: String?)], used: String)
        do {
            (change, plan) = try await prepare(request)
        } catch let error as FieldError {
            return ChangeAnswer(id: request.id, .refused(field: error.field, reason: error.reason))
        } catch {
            return ChangeAnswer(id: request.id, .failed(reason: "\(error)"))
        }
        do {
            try records.put(change)
            try await services.armRollback(after: request.confirmWithin)
            try write(plan.files)
            try await services.reload()
            if let index = inventory.index(of: change.link) { try await services.reconfigure(index) }
            try await objections(to: change.link, with: plan.used)
        } catch {
            return ChangeAnswer(id: request.id, .failed(reason: await undo(change, after: error)))
        }
        let pending: JSON = [
            "id": .string(change.id), "token": .string(change.token),
            "deadline": .string(Moment.text(seconds: change.deadline)), "confirmWithin": .number(request.confirmWithin),
        ]
        return ChangeAnswer(id: request.id, .done(["pending": pending]))
    }

    /// Looks whether the change can be made, and takes down what is so before it. Nothing is believed that the agent
    /// has looked at already.
    private func prepare(_ request: ChangeRequest) async throws
        -> (PendingChange, (files: [(path: String, text: String?)], used: String))
    {
        let link = request.link
        guard ChangeRequest.isLinkName(link), inventory.index(of: link) != nil else {
            throw FieldError("link", "must be a network link of this machine.")
        }
        if inventory.isLoopback(link) { throw FieldError("link", "must not be the loopback link.") }
        guard ChangeRequest.confirmRange.contains(request.confirmWithin) else {
            let range = ChangeRequest.confirmRange
            throw FieldError("confirmWithin", "must be from \(range.lowerBound) to \(range.upperBound) seconds.")
        }
        guard inventory.hasNetworkd else {
            throw FieldError("", "systemd-networkd does not run on this machine; nothing else is changed here.")
        }
        if let pending = try records.pending() {
            throw FieldError(
                "",
                """
                A change of \(pending.link) by \(pending.by) is pending until \
                \(Moment.text(seconds: pending.deadline)); it must be confirmed or rolled back first.
                """)
        }
        if let refusal = try await owner(of: link)?.refusal(of: link) { throw FieldError("", refusal) }
        let files = try LinkFiles(link, in: inventory)
        let target = try (files.settings ?? LinkSettings()).merging(request.set, base: files.baseSettings)
        let plan = try files.plan(for: target)
        let now = surroundings.now()
        let change = PendingChange(
            id: request.id, token: word(24), link: link, by: request.by, from: files.settings, to: target,
            deadline: now + request.confirmWithin,
            deadlineSinceBoot: surroundings.sinceBoot() + request.confirmWithin * 1000, bootID: bootID,
            files: try plan.files.map(formerFile), kernel: try kernel.state(of: link))
        return (change, plan)
    }

    /// A file as it is now.
    private func formerFile(_ file: (path: String, text: String?)) throws(DiskError) -> PendingChange.FormerFile {
        if disk.isSymbolicLink(file.path) { throw DiskError("\(file.path): is a symbolic link, and none of ours") }
        let content = try disk.read(file.path)
        let text = content.flatMap { String(validating: $0, as: UTF8.self) }
        if content != nil, text == nil { throw DiskError("\(file.path): is no text, and none of ours") }
        let directory = File.folder(of: file.path)
        return .init(path: file.path, content: text, madeDirectory: file.text != nil && !disk.exists(directory))
    }

    private func write(_ files: [(path: String, text: String?)]) throws(DiskError) {
        for file in files {
            guard let text = file.text else {
                if disk.exists(file.path) { try disk.remove(file.path) }
                continue
            }
            let directory = File.folder(of: file.path)
            if !disk.exists(directory) { try disk.makeDirectory(directory) }
            try disk.write(file.path, Array(text.utf8), group: disk.networkGroup)
        }
    }

    /// Waits a little for networkd to say that it cannot do what its files say now.
    private func objections(to link: String, with file: String) async throws {
        var left = Self.objecting
        while left > .zero {
            try await surroundings.sleep(Self.pause)
            left -= Self.pause
            let state = inventory.word("ADMIN_STATE", of: link)
            let isUsed = inventory.networkFile(of: link) == file
            if state == "failed" { throw ServiceError("systemd-networkd could not configure \(link)") }
            if state == "configured", isUsed { return }
        }
        // A lease or a cable may take longer; but the file must be the one that counts.
        guard inventory.networkFile(of: link) == file else {
            throw ServiceError("systemd-networkd does not use \(file) for \(link)")
        }
    }

    /// Puts everything back at once.
    ///
    /// - Returns: What went wrong, and whether all is as it was.
    private func undo(_ change: PendingChange, after error: any Error) async -> String {
        do {
            let outcome = try await restore(change, result: .failed, reason: "\(error)")
            let restored = outcome.restored == true ? "everything is as it was before" : "it was undone"
            return "\(error); \(restored)"
        } catch let second {
            return "\(error); and it could not be undone yet: \(second)"
        }
    }

    /// Whether a change that failed could not be undone at once. Then the rollback must be started now, and is retried
    /// until it succeeds: the timer may not have been armed, and there is no reason to wait until it elapses.
    public func needsRollback(after answer: ChangeAnswer) -> Bool {
        // While another change is pending, a new one is refused; it does not go wrong.
        guard case .failed = answer.result else { return false }
        return ((try? records.pending()) ?? nil) != nil
    }

    /// `count` random bytes as hexadecimal digits.
    private func word(_ count: Int) -> String {
        surroundings.random(count).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
