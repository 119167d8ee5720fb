/// The ids by which requests, the changes and jobs that they cause, and the answers to them are known: in files, on the bus
/// and in the journal alike.
public enum RequestID {
    /// An id that no other request had: 16 hexadecimal digits.
    public static func new() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
