public import DocumentedEvents
public import Logging

/// What becomes of changes to the network's settings.
public enum NetworkEvent: String, DocumentedEvent {
    /// A change was made, and waits for its confirmation.
    case applied = "85ee4f6f24c7471997b2b0fbf91c33de"
    /// A change was confirmed: it is for good.
    case confirmed = "0c8a15c9edf84da593a5ef78c91bf76e"
    /// A change was undone, and all is as it was.
    case rolledBack = "50620114f2574921a6c3448dfd38ae85"
    /// A change was undone, but the link is not as it was before.
    case notRestored = "e7260b338f3243fd96813c8c096bd7e4"
    /// A request was refused.
    case refused = "ff779c8ad9374e8ea7d262d6cfbcfbd6"
    /// A change or its undoing went wrong.
    case failed = "f67f8cb86b7e48abba9eb062569e8964"

    /// How much each matters, and what its entry says.
    public var entry: (level: Logger.Level, message: Logger.Message) {
        switch self {
        case .applied: (.notice, "network settings changed; waiting for the confirmation")
        case .confirmed: (.notice, "network settings confirmed")
        case .rolledBack: (.warning, "network settings rolled back")
        case .notRestored: (.error, "network settings rolled back, but the link is not what it was")
        case .refused: (.notice, "network settings: refused")
        case .failed: (.error, "network settings: failed")
        }
    }
}
