public import Handover
internal import JSONText

/// What the root program knows over its own end, and over that of the machine: the pending change and what became of
/// the last one.
public struct Records: Sendable {
    private let disk: Disk

    /// The records on `disk`.
    public init(_ disk: Disk) { self.disk = disk }

    /// The change that is pending; `nil` if none is.
    ///
    /// - Throws: `DiskError` if there is one that cannot be read: then nothing must be changed.
    public func pending() throws(DiskError) -> PendingChange? {
        guard let bytes = try disk.read(disk.files.pending, limit: 16 << 20) else { return nil }
        guard let value = try? JSON(parsing: bytes), let change = PendingChange(value) else {
            throw DiskError(
                "\(disk.files.pending): is not a pending change; remove it if the network files that it is about are right"
            )
        }
        return change
    }

    /// Writes a pending change down.
    func put(_ change: PendingChange) throws(DiskError) { try disk.write(disk.files.pending, change.json.text) }

    /// Nothing is pending any more.
    func removePending() throws(DiskError) { try disk.remove(disk.files.pending) }

    /// The result of the last change; `nil` if there was none, or if its record cannot be read.
    public func last() -> ChangeOutcome? {
        guard let bytes = try? disk.read(disk.files.last), let value = try? JSON(parsing: bytes) else { return nil }
        return ChangeOutcome(value)
    }

    /// Records the result of a change.
    func put(_ outcome: ChangeOutcome) throws(DiskError) { try disk.write(disk.files.last, outcome.json.text) }

    /// Records the configured settings of the links.
    func put(_ views: [LinkView]) throws(DiskError) {
        try disk.write(disk.files.views, JSON.array(views.map(\.json)).text, isDurable: false)
    }
}
