internal import Handover
internal import NetworkSettings

extension NetworkChanger {
    /// Writes down what the links are told to be, for the agent to show; and whether a change that the machine's start
    /// has undone is restored, which could not be known before. That may take a while: the agent asks again.
    public func show() async throws {
        var views: [LinkView] = []
        for link in inventory.names {
            let owner = await (try? owner(of: link)) ?? inventory.owner(of: link)
            // A link of software that nobody manages is somebody's plumbing, such as a container's.
            guard owner != nil || inventory.isPhysical(link) else { continue }
            let files = owner == .networkd || owner == .netplan ? try? LinkFiles(link, in: inventory) : nil
            views.append(
                LinkView(link: link, owner: owner, settings: files?.settings, base: files.map(\.baseSettings)))
        }
        try records.put(views)
        guard records.last()?.awaited != nil else { return }
        // Whoever is at work has newer words about the last change than these would be; and the agent asks again.
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
