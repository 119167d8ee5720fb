internal import Handover
internal import NetworkSettings

/// Changes the settings of network links so that no change can lock its author out.
///
/// A change goes through these steps, and wherever it is interrupted, what is on the disk is enough to undo it:
///
/// 1. the files as they are, the kernel's state and the deadline are recorded (`PendingChange`);
/// 2. a timer of the service manager is started, which outlives this process and the agent;
/// 3. the new files are written, and networkd reads them;
/// 4. the author confirms, and the record is removed: the change is permanent;
/// 5. or the change is not confirmed, and the timer, or the next boot, restores the files.
public struct NetworkChanger: Sendable {
    let disk: Disk
    let kernel: any KernelLinks
    let services: any NetworkServices
    let surroundings: Surroundings
    let records: Records
    let inventory: LinkInventory

    /// How long the kernel's state may take to return to what it was.
    static let settling = Duration.seconds(15)
    /// How long, in milliseconds since boot, the network may take to come up: cables, switches, leases.
    static let starting = 120_000
    /// How long networkd may take to report a failure.
    static let objecting = Duration.seconds(5)
    /// The interval between two checks.
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
