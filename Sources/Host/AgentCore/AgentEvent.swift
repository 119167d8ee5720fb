public import DocumentedEvents
public import Logging

/// What can happen to the agent, and what is done to the machine through it, that its admin may want to know. The catalog
/// (packaging/catalog/jet.catalog) says of each why it happens and what to do.
public enum AgentEvent: String, DocumentedEvent {
    /// The agent cannot start, or cannot continue.
    case notStarted = "761de5da354347c5b5a20e449078651f"
    /// There is no daemon to connect to; the agent waits for one.
    case waiting = "cf2c4be4a8cb46f0aa5db923002c8e3b"
    /// The agent is connected to the daemon, and its elements are on the bus.
    case connected = "1aef63fe56e84dcea72b2bd064cd9218"
    /// The connection to the daemon has ended; the agent reconnects.
    case daemonLost = "28e54b51db14404a8aeefe9b92f7c7c5"
    /// The agent was stopped.
    case stopped = "0b3ac1c9147c4368a53cc097c8926775"
    /// A peer has changed the machine.
    case controlDone = "232bdf19298f4bc98c9357543b5c823c"
    /// A request to change the machine was refused or failed.
    case controlRefused = "9935b36f8a4644748ddefbf14bb87c18"
    /// Something of the machine cannot be read.
    case thingLost = "937bb4c65f1b43b1849fd58061733875"
    /// Something of the machine can be read again.
    case thingBack = "cb34d605842b43d29be7c4c6a1ef0338"
    /// A provider does not return from a read (or another piece of work) that should be short.
    case providerOverdue = "60149aa186ba4e48b2d0592ccd2b7fb0"
    /// What a provider shows was removed from the bus because the provider has been overdue for long.
    case providerWithdrawn = "3fb40deb79624dc1a1fcf29064d7ea10"
    /// A provider that was overdue works again.
    case providerReturned = "4ab820275b274df09bd91b8af5ef8eb3"
    /// The daemon refuses an element.
    case notPublished = "71387290ef2f45b4bc4d5c0709f558f9"
    /// The daemon accepts an element that it refused before.
    case publishedAgain = "540716601d9340009203b710764aeabe"
    /// Two readings have the same path; one of them is ignored.
    case pathTaken = "89dd64c29e084946821652914d2ca5d8"
    /// Events of the kernel were lost; everything is read again.
    case sourceOverrun = "6380036cf824451186fad34fac292ab3"
    /// udev is not running, so there are no device events.
    case udevMissing = "cce6edbca5824e32a021f99260cf8eca"
    /// udev is running now and sends device events.
    case udevRuns = "cd316c7596cd417faf0455c4e616909a"

    /// How much each matters, and what its entry says.
    public var entry: (level: Logger.Level, message: Logger.Message) {
        switch self {
        case .notStarted: (.critical, "could not start")
        case .waiting: (.notice, "waiting for the daemon")
        case .connected: (.notice, "connected")
        case .daemonLost: (.notice, "connection to the daemon lost; reconnecting")
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
        case .pathTaken: (.warning, "a reading is ignored because its path is in use")
        case .sourceOverrun: (.notice, "events were lost; reading everything again")
        case .udevMissing:
            (.warning, "udev is not running, so device events are not available; polling for devices")
        case .udevRuns: (.notice, "udev is running now")
        }
    }
}
