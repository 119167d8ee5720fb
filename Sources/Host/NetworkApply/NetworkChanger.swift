internal import Handover
internal import NetworkSettings

/// Changes the settings of network links so that no change can lock its author out.
///
/// A change goes through these steps, and wherever it is interrupted, what is on the disk is enough to undo it:
///
/// 1. the files as they are, the kernel's state and the deadline are written down (`PendingChange`);
/// 2. a timer of the service manager is armed, which outlives this process and the agent;
/// 3. the new files are written, and networkd reads them;
/// 4. the author confirms, and the record is removed: the change is for good;
/// 5. or nobody does, and the timer, or the machine's next start, puts the files back.
public struct NetworkChanger: Sendable {
    let disk: Disk
    let kernel: any KernelLinks
    let services: any NetworkServices
    let surroundings: Surroundings
    let records: Records
    let inventory: LinkInventory

    /// So long the kernel's state may take to be what it was.
    static let settling = Duration.seconds(15)
    /// So long, in milliseconds since the machine's start, its network may take to be there: cables, switches, leases.
    static let starting = 120_000
    /// So long networkd may take to say that it cannot do it.
    static let objecting = Duration.seconds(5)
    /// How often is looked.
    static let pause = Duration.milliseconds(250)

    /// A changer of these files and services.
    public init(
        disk: Disk, kernel: any KernelLinks, services: any NetworkServices, surroundings: Surroundings = .machine
    ) {
        self.disk = disk
        self.kernel = kernel
        self.services = services
        self.surroundings = surroundings
        records = Records(disk)
        inventory = LinkInventory(disk: disk)
    }

    /// In which run of the machine this is.
    var bootID: String { disk.line("/proc/sys/kernel/random/boot_id") ?? "" }

    /// Who decides about the link.
    func owner(of link: String) async throws(ServiceError) -> LinkOwner? {
        let owner = inventory.owner(of: link)
        // networkd's word may be from before it was stopped: what it said last stays where it said it.
        guard owner == nil || owner == .networkd else { return owner }
        return try await services.isManagedByNetworkManager(link) ? .networkManager : owner
    }
}
