/// The names of units, systemd.unit(5), and of their objects on the bus.
package enum UnitName {
    /// The kinds of units, by their suffix, and the interface with the properties of each kind.
    private static let interfaces = [
        "service": "Service", "socket": "Socket", "target": "Target", "timer": "Timer", "mount": "Mount",
        "automount": "Automount", "path": "Path", "slice": "Slice", "scope": "Scope", "swap": "Swap",
        "device": "Device",
    ]
    /// The kernel's and systemd's limit of a name.
    private static let longest = 255

    /// Why `name` is not the name of a unit, as the end of a sentence that begins with "which"; `nil` if it is one.
    package static func fault(in name: String) -> String? {
        guard name.utf8.count <= longest, name.utf8.allSatisfy(isAllowed) else {
            return "is not the name of a unit: those have letters, digits and :-_.\\@ only"
        }
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex,
            interfaces[String(name[name.index(after: dot)...])] != nil
        else { return "has no kind at its end, such as .service" }
        if name.hasPrefix("@") { return "is not the name of a unit: it begins with @" }
        if name[..<dot].hasSuffix("@") {
            return "is a template; name an instance of it, such as getty@tty1.service"
        }
        return nil
    }

    /// The interface of the unit's kind.
    package static func interface(of name: String) -> String {
        let suffix = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? ""
        return "org.freedesktop.systemd1." + (interfaces[suffix] ?? "Unit")
    }

    /// The path of the unit's object, sd_bus_path_encode(3): a character that is not a letter or digit, and a digit at the
    /// beginning, is written as `_` and two hexadecimal digits.
    package static func path(of name: String) -> String {
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
