public import DocumentedEvents
public import Logging

/// What happens to the announcement of the device.
public enum AnnouncementEvent: String, DocumentedEvent {
    /// The device is announced.
    case announced = "d69c1f1c77d241659e26f7149fcfdadc"
    /// Another device has the name already: this one is announced by another name.
    case renamed = "6218263071694a7a9c7b72eda0b11079"
    /// There is no service that could announce the device.
    case notAnnounced = "89768087b807417f9aaab855e3b97fd8"
    /// The program could not start or go on.
    case failed = "0a2c3913f1d84bf586520da0913f2e10"

    /// How much each matters, and what its entry says.
    public var entry: (level: Logger.Level, message: Logger.Message) {
        switch self {
        case .announced: (.notice, "this device is announced to its network")
        case .renamed: (.warning, "another device has the name; this one is announced by another")
        case .notAnnounced: (.notice, "this device is not announced to its network")
        case .failed: (.error, "announcing this device: failed")
        }
    }
}
