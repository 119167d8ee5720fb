internal import AgentCore
internal import Files

/// *Which time zone the host is in*, by the files that the C library reads: localtime(5) and Debian's /etc/timezone.
enum TimeZoneName {
    /// The zone's name; `nil` if /etc/localtime is no link and nothing else names it. Without /etc/localtime it is UTC.
    static func current(_ host: Host) -> String? {
        let localtime = host.file("etc/localtime")
        if let target = HostFile.link(localtime), let name = name(inPath: target.text) { return name }
        if let name = try? HostFile.text(host.file("etc/timezone")), !name.isEmpty { return name }
        return HostFile.exists(localtime) ? nil : "UTC"
    }

    /// The part after `zoneinfo/`.
    private static func name(inPath path: String) -> String? {
        let words = path.split(separator: "/")
        guard let index = words.lastIndex(of: "zoneinfo"), index + 1 < words.endIndex else { return nil }
        return words[(index + 1)...].joined(separator: "/")
    }

    /// Why the host has no zone called `name`; `nil` if it has.
    static func fault(in name: String, on host: Host) -> String? {
        let words = name.split(separator: "/", omittingEmptySubsequences: false)
        // Nothing that is not a zone's name becomes part of a path.
        guard !name.isEmpty, name.utf8.count <= longest,
            words.allSatisfy({ $0.first.map { $0.isLetter || $0.isNumber } ?? false && $0.utf8.allSatisfy(isAllowed) })
        else { return "must be a zone's name, such as Europe/Berlin" }
        if name == "UTC" { return nil }
        let magic = (try? HostFile.beginning(host.file("usr/share/zoneinfo/\(name)"), 4)) ?? []
        return magic == Array("TZif".utf8) ? nil : "is not a time zone of this host; /usr/share/zoneinfo has them"
    }

    private static let longest = 64

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
