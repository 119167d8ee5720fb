public import DocumentedEvents
public import Logging

/// What becomes of updates of the system.
public enum UpdateEvent: String, DocumentedEvent {
    /// A job has begun.
    case began = "b751756e53184a3f811eae6bb638bf91"
    /// A job has ended well.
    case succeeded = "f587e04de6a94d85868901cd028483d2"
    /// A job has ended well; what it installed works after a restart.
    case restartRequired = "add992c0c6a84e5d92807b5800a8ffde"
    /// A job was called off before it changed anything.
    case calledOff = "4a0ff3909681435091eb5a145bbb65ec"
    /// A job has failed.
    case failed = "63d5c3f3bb7349c29d0bb81887cf067f"

    /// How much each matters, and what its entry says.
    public var entry: (level: Logger.Level, message: Logger.Message) {
        switch self {
        case .began: (.notice, "update job begun")
        case .succeeded: (.notice, "update job succeeded")
        case .restartRequired: (.notice, "update job succeeded; a restart is required")
        case .calledOff: (.notice, "update job called off")
        case .failed: (.error, "update job failed")
        }
    }
}
