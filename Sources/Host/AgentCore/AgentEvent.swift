public import DocumentedEvents
public import Logging

/// What can happen to the agent, and what is done to the machine through it, that its admin may want to know. The catalog
/// (packaging/catalog/jet.catalog) says of each why it happens and what to do.
public enum AgentEvent: String, DocumentedEvent {
    /// It could not start, or not go on.
    case notStarted = "761de5da354347c5b5a20e449078651f"
    /// There is no daemon to connect to; it waits for one.
    case waiting = "cf2c4be4a8cb46f0aa5db923002c8e3b"
    /// It is connected to the daemon: what it shows is on the bus.
    case connected = "1aef63fe56e84dcea72b2bd064cd9218"
    /// The connection to the daemon has ended; it tries to get it back.
    case daemonLost = "28e54b51db14404a8aeefe9b92f7c7c5"
    /// It ends, as it was told.
    case stopped = "0b3ac1c9147c4368a53cc097c8926775"
    /// Somebody has changed the machine.
    case controlDone = "232bdf19298f4bc98c9357543b5c823c"
    /// Somebody wanted to change the machine; that was refused, or went wrong.
    case controlRefused = "9935b36f8a4644748ddefbf14bb87c18"
    /// A thing of the machine cannot be had.
    case thingLost = "937bb4c65f1b43b1849fd58061733875"
    /// A thing of the machine can be had again.
    case thingBack = "cb34d605842b43d29be7c4c6a1ef0338"
    /// A provider does not return from a read (or another piece of work) that should be short.
    case providerOverdue = "60149aa186ba4e48b2d0592ccd2b7fb0"
    /// What a provider shows was removed from the bus because the provider has been overdue for long.
    case providerWithdrawn = "3fb40deb79624dc1a1fcf29064d7ea10"
    /// A provider that was overdue works again.
    case providerReturned = "4ab820275b274df09bd91b8af5ef8eb3"
    /// The daemon does not take something that the agent shows.
    case notPublished = "71387290ef2f45b4bc4d5c0709f558f9"
    /// The daemon takes it now.
    case publishedAgain = "540716601d9340009203b710764aeabe"
    /// Two things want the same path; one of them is left out.
    case pathTaken = "89dd64c29e084946821652914d2ca5d8"
    /// The kernel told more than could be kept; everything is looked at anew.
    case sourceOverrun = "6380036cf824451186fad34fac292ab3"
    /// Nobody tells of devices that come and go.
    case udevMissing = "cce6edbca5824e32a021f99260cf8eca"
    /// udev runs now, and tells of devices.
    case udevRuns = "cd316c7596cd417faf0455c4e616909a"

    /// How much each matters, and what its entry says.
    public var entry: (level: Logger.Level, message: Logger.Message) {
        switch self {
        case .notStarted: (.critical, "could not start")
        case .waiting: (.notice, "waiting for the daemon")
        case .connected: (.notice, "connected")
        case .daemonLost: (.notice, "connection to the daemon lost; trying again")
        case .stopped: (.notice, "stopped")
        case .controlDone: (.notice, "done")
        case .controlRefused: (.notice, "not done")
        case .thingLost: (.warning, "cannot be read")
        case .thingBack: (.notice, "can be read again")
        case .providerOverdue: (.warning, "a provider does not respond")
        case .providerWithdrawn: (.warning, "the elements of a provider that does not respond are removed")
        case .providerReturned: (.notice, "a provider responds again")
        case .notPublished: (.warning, "cannot be published")
        case .publishedAgain: (.notice, "can be published again")
        case .pathTaken: (.warning, "a reading was left out, since its path is taken")
        case .sourceOverrun: (.notice, "more happened than could be kept; taking everything anew")
        case .udevMissing:
            (.warning, "udev does not run here, so nobody tells of devices; they are looked for now and then")
        case .udevRuns: (.notice, "udev runs now")
        }
    }
}
