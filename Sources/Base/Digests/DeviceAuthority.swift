/// The certification authority (CA) that a device has of its own. It issues certificates for that one device, so its key
/// stands for the device. A CA of any other name may issue certificates for many machines, and its key stands for none.
public enum DeviceAuthority {
    /// What the common name of its certificate begins with; the name of the host follows.
    public static let mark = "Jet CA of "

    /// Whether a certificate or a name is that of such a CA.
    ///
    /// - Parameter der: The certificate, or its subject, in DER.
    public static func isNamed(in der: some Sequence<UInt8>) -> Bool {
        let (bytes, mark) = (Array(der), Array(mark.utf8))
        guard bytes.count >= mark.count else { return false }
        return (0...bytes.count - mark.count).contains { bytes[$0...].starts(with: mark) }
    }
}
