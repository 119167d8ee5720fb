internal import Handover
internal import NetworkSettings

extension NetworkChanger {
    /// Records the configured settings of the links, for the agent to show. If a change was undone during boot, records
    /// also whether the former state is restored, which is known only later: the agent asks again.
    public func show() async throws {
        var views: [LinkView] = []
        for link in inventory.names {
            let owner = await (try? owner(of: link)) ?? inventory.owner(of: link)
            // A virtual link without a network manager belongs to other software, for example to a container.
            guard owner != nil || inventory.isPhysical(link) else { continue }
            let files = owner == .networkd || owner == .netplan ? try? LinkFiles(link, in: inventory) : nil
            views.append(
                LinkView(link: link, owner: owner, settings: files?.settings, base: files.map(\.baseSettings)))
        }
        try records.put(views)
        guard records.last()?.awaited != nil else { return }
        // A process that holds the lock will write a newer result of the last change; the agent asks again.
        guard let lock = try RunLock(ifFree: disk) else { return }
        defer { lock.release() }
        guard var outcome = records.last(), let awaited = outcome.awaited else { return }
        do throws(DiskError) {
            outcome.difference = awaited.difference(to: try kernel.state(of: outcome.link))
        } catch {
            outcome.difference = "\(error)"
        }
        if outcome.difference != nil, surroundings.sinceBoot() < Self.starting { return }
        outcome.restored = outcome.difference == nil
        outcome.awaited = nil
        try records.put(outcome)
    }
}
