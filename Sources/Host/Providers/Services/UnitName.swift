/// What a unit of systemd may be called, by systemd.unit(5), and how its object on the bus is called then.
enum UnitName {
    /// The kinds that there are, by their suffix, and the interface that tells more of each than all units have.
    private static let interfaces = [
        "service": "Service", "socket": "Socket", "target": "Target", "timer": "Timer", "mount": "Mount",
        "automount": "Automount", "path": "Path", "slice": "Slice", "scope": "Scope", "swap": "Swap",
        "device": "Device",
    ]
    /// The kernel's and systemd's limit of a name.
    private static let longest = 255

    /// Why `name` is none, as the end of "which ..."; `nil` if it is one.
    static func fault(in name: String) -> String? {
        guard name.utf8.count <= longest, name.utf8.allSatisfy(isAllowed) else {
            return "is no name of a unit: those have letters, digits and :-_.\\@ only"
        }
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex,
            interfaces[String(name[name.index(after: dot)...])] != nil
        else { return "has no kind at its end, such as .service" }
        if name.hasPrefix("@") { return "is no name of a unit: it begins with @" }
        if name[..<dot].hasSuffix("@") {
            return "is a template; name an instance of it, such as getty@tty1.service"
        }
        return nil
    }

    /// The interface of its kind.
    static func interface(of name: String) -> String {
        let suffix = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? ""
        return "org.freedesktop.systemd1." + (interfaces[suffix] ?? "Unit")
    }

    /// The object's path: what is no letter or digit, and a digit at the beginning, is written as `_` and two
    /// hexadecimal digits.
    static func path(of name: String) -> String {
        var path = "/org/freedesktop/systemd1/unit/"
        for (index, byte) in name.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                path.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "0")...UInt8(ascii: "9") where index > 0:
                path.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                path += byte < 16 ? "_0" : "_"
                path += String(byte, radix: 16)
            }
        }
        return path
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ":-_.\\@".utf8.contains(byte)
        }
    }
}
