public import JSONText

/// What of the host is on the bus, and by whose word: the difference engine between providers and the bus.
///
/// A provider hands in its complete set of readings; the board compares it with what is published and answers with the
/// steps that are left to do. Nothing else decides what is published, so "nothing is published unless it changed" is
/// true here or nowhere. The board does no I/O and has no clock: the same sets give the same steps.
public struct StateBoard: Sendable {
    /// A published state.
    private struct Entry {
        /// As it was published: `value` is the one on the bus, not the newest one read.
        var reading: Reading
        /// The name of the provider whose state it is.
        let provider: String
    }

    /// What came of a set of readings.
    public struct Outcome: Hashable, Sendable {
        /// The steps to carry out, in this order: first all removals (a path may be on its way to another provider, a
        /// name to another link), then the rest in the order of the readings.
        public var publications: [Publication] = []
        /// Readings that were not accepted because another reading has the same path, with that reading's provider.
        /// Each conflict is reported once, until the path is free again.
        public var conflicts: [Conflict] = []
    }

    /// A path that two claim.
    public struct Conflict: Hashable, Sendable {
        /// The path.
        public let path: String
        /// The provider that has it: it may be the same one, if it gave the path twice.
        public let owner: String
    }

    private var entries: [String: Entry] = [:]
    private var paths: [String: Set<String>] = [:]
    private var conflicts: [String: Set<Conflict>] = [:]

    /// A board with nothing on it.
    public init() {}

    /// Takes the complete set of `readings` of one provider, and says what is to be published.
    ///
    /// The steps are assumed to succeed: a caller that cannot carry one out calls `withdraw`.
    public mutating func apply(_ readings: [Reading], of provider: String) -> Outcome {
        var outcome = Outcome()
        var seen: Set<String> = []
        var steps: [Publication] = []
        var found: Set<Conflict> = []
        for reading in readings {
            let known = entries[reading.path]
            if let known, known.provider != provider || seen.contains(reading.path) {
                found.insert(Conflict(path: reading.path, owner: known.provider))
                continue
            }
            seen.insert(reading.path)
            steps += update(known?.reading, to: reading, of: provider)
        }
        let gone = paths[provider, default: []].subtracting(seen)
        for path in gone { entries[path] = nil }
        paths[provider] = seen

        let known = conflicts.updateValue(found, forKey: provider) ?? []
        outcome.conflicts = found.subtracting(known).sorted { $0.path < $1.path }
        outcome.publications = gone.sorted().map { .remove(path: $0) } + steps
        return outcome
    }

    /// Forgets that the state at `path` was published: the next set that contains it adds it again.
    public mutating func withdraw(_ path: String) {
        guard let entry = entries.removeValue(forKey: path) else { return }
        paths[entry.provider]?.remove(path)
    }

    /// Notes that a set has led to this value of the State at `path`, which is published with the answer to the set.
    ///
    /// - Returns: Whether it has to be published: the provider's report may have been quicker.
    public mutating func settle(_ path: String, _ value: JSON) -> Bool {
        guard let entry = entries[path] else { return true }
        if entry.reading.value == value { return false }
        entries[path]?.reading.value = value
        return true
    }

    /// Notes `reading` as published, if it is worth it, and says how.
    private mutating func update(
        _ published: Reading?, to reading: Reading, of provider: String
    ) -> [Publication] {
        guard let published else {
            entries[reading.path] = Entry(reading: reading, provider: provider)
            return [.add(reading)]
        }
        if published.meta != reading.meta || published.role != reading.role {
            entries[reading.path] = Entry(reading: reading, provider: provider)
            return [.remove(path: reading.path), .add(reading)]
        }
        if reading.deadband.covers(reading.value, since: published.value) { return [] }
        entries[reading.path]?.reading = reading
        return [.change(path: reading.path, value: reading.value)]
    }
}
