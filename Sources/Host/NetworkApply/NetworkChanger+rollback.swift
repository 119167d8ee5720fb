internal import Files
internal import JSONText
public import Handover

extension NetworkChanger {
    /// Undoes the pending change, if there is one.
    ///
    /// - Parameter request: The request of a user; `nil` if the reason is the deadline or a restart of the machine. One
    ///   about another change is ignored, and the rollback is done as if there were no request.
    /// - Returns: The result; `nil` if nothing was pending.
    /// - Throws: The error: the change is still pending, and the rollback has to be tried again.
    public func rollback(_ request: ChangeRequest? = nil) async throws -> ChangeOutcome? {
        guard let change = try records.pending() else {
            try? await services.disarmRollback()
            return nil
        }
        return try await restore(change, result: .rolledBack, reason: reason(change, request))
    }

    private func reason(_ change: PendingChange, _ request: ChangeRequest?) -> String {
        if change.bootID != bootID { return "the machine was restarted before the change was confirmed" }
        if let request, request.set["pending"]?.string == change.id { return "\(request.by) asked for it" }
        if surroundings.sinceBoot() >= change.deadlineSinceBoot { return "it was not confirmed in time" }
        return "it was asked for on the machine"
    }

    /// Puts the files back, and has networkd read them, if it runs.
    func restore(_ change: PendingChange, result: ChangeOutcome.Result, reason: String) async throws -> ChangeOutcome {
        for file in change.files.reversed() {
            if let content = file.content {
                try disk.putBack(file.path, Array(content.utf8), group: disk.networkGroup)
            } else {
                try disk.remove(file.path)
                if file.madeDirectory { try disk.removeDirectory(File.folder(of: file.path)) }
            }
        }
        var outcome = ChangeOutcome(
            id: change.id, link: change.link, by: change.by, result: result, reason: reason, at: surroundings.now())
        if change.bootID == bootID {
            let trouble = await reload(change)
            settle(change)
            let difference = try await difference(change.link, from: change.kernel)
            outcome.difference = trouble ?? difference
            outcome.restored = outcome.difference == nil
        } else {
            // During boot, networkd configures the link by the files that have just been restored. It has to reload
            // them only if it has started already. `show` checks the result later.
            if inventory.hasNetworkd { try? await services.reload() }
            outcome.awaited = change.kernel
        }
        // The files are restored, which is what matters: if the result cannot be written because the disk is full, the
        // rollback must not be repeated, because networkd would configure the link again each time.
        try? records.put(outcome)
        try records.removePending()
        try? await services.disarmRollback()
        return outcome
    }

    /// Has networkd read the files that were put back. A networkd that cannot be reached reads them when it starts.
    ///
    /// - Returns: What went wrong, each time it was tried; `nil` if nothing did in the end.
    private func reload(_ change: PendingChange) async -> String? {
        var trouble: String?
        for _ in 0..<Self.reloads {
            do {
                try await services.reload()
                if let index = inventory.index(of: change.link) { try await services.reconfigure(index) }
                return nil
            } catch {
                trouble = "\(error)"
            }
            do { try await surroundings.sleep(Self.reloadPause) } catch { break }
        }
        return trouble
    }

    private static let reloads = 3
    private static let reloadPause = Duration.seconds(1)

    /// The longest time that a rollback takes if each call to a service ends, or times out, within `patience`.
    static func longestUndoing(answering patience: Duration) -> Duration {
        (patience * 2 + reloadPause) * reloads + settling
    }

    /// Does what networkd leaves undone when a file goes: it never sets a link's MTU back, and a link that it lets go
    /// stays up.
    private func settle(_ change: PendingChange) {
        guard let now = try? kernel.state(of: change.link) else { return }
        if now.mtu != change.kernel.mtu { try? kernel.setMTU(change.kernel.mtu, of: change.link) }
        if now.isUp, !change.kernel.isUp { try? kernel.takeDown(change.link) }
    }

    /// Waits until the kernel's state is as it was.
    ///
    /// - Returns: What is different in the end; `nil` if nothing is.
    func difference(_ link: String, from former: KernelState) async throws -> String? {
        var left = Self.settling
        while true {
            let difference: String?
            do throws(DiskError) {
                difference = former.difference(to: try kernel.state(of: link))
            } catch {
                difference = "\(error)"
            }
            guard let difference else { return nil }
            if left <= .zero { return difference }
            try await surroundings.sleep(Self.pause)
            left -= Self.pause
        }
    }
}
