public import DocumentedEvents
public import Logging

/// What happens to the certificate of the device.
public enum CertificateEvent: String, DocumentedEvent {
    /// The device has a CA and a certificate for the first time.
    case created = "f093c58add354cda85eb0263b5d0a1ce"
    /// The device has another CA than before.
    case identityChanged = "bfff981d86ec4b16b25f32a155e2307e"
    /// The device has a new certificate of the same CA.
    case renewed = "aa41b8ee337f499191e7d68ac367ee30"
    /// A certificate was imported.
    case imported = "1aac8ab30951438ba2ce968a56b4e33d"
    /// A certificate that was imported has expired or will soon, or lacks a name.
    case importedInsufficient = "a356615577ef443688d9d5164bbf6866"
    /// The certificate could not be made, imported or handed over.
    case failed = "8a4db0c41ce04ea5a5bda971d90e5c94"

    /// How much each matters, and what its entry says.
    public var entry: (level: Logger.Level, message: Logger.Message) {
        switch self {
        case .created:
            (.notice, "the certificate of this device was made; compare the fingerprint at the first connection")
        case .identityChanged: (.warning, "this device has a new CA; clients must trust the new fingerprint")
        case .renewed: (.notice, "the certificate of this device was renewed")
        case .imported: (.notice, "a certificate was imported")
        case .importedInsufficient: (.warning, "the imported certificate needs attention")
        case .failed: (.error, "the certificate of this device: failed")
        }
    }
}
