internal import AgentCore
internal import Files
internal import JSONText

/// What sysfs knows of a link and rtnetlink(7) does not tell: its driver, and what it agreed upon with the other end.
///
/// It is read when the kernel tells something of the link, which it does when the carrier comes or goes. Source of fact:
/// Documentation/ABI/testing/sysfs-class-net of the kernel.
struct LinkHardware: Hashable, Sendable {
    /// In Mb/s.
    var speed: Int?
    /// `full` or `half`
    var duplex: String?
    /// The driver of the device behind the link; a link made by software has none.
    var driver: String?
    /// Whether it is a wireless link.
    var isWireless = false

    /// Nothing known.
    init() {}

    /// What the files of the link called `name` say. A link without carrier has no speed: its file then cannot be read,
    /// or says -1.
    init(_ name: [UInt8], of host: Host) {
        let directory = host.sys("class/net/\(FilePath(name))")
        speed = (try? HostFile.integer(directory + "/speed")).flatMap { (1..<Int(Int32.max)).contains($0) ? $0 : nil }
        duplex = (try? HostFile.text(directory + "/duplex", limit: 64)).flatMap {
            ["full", "half"].contains($0) ? $0 : nil
        }
        driver = HostFile.link(directory + "/device/driver")?.name.text
        isWireless = HostFile.exists(directory + "/phy80211")
    }

    /// Notes `speed`, `duplex`, `driver` and `wireless` as far as they are known.
    func describe(in value: inout JSON.Object) {
        value["speed"] = speed.map { .number($0) }
        value["duplex"] = duplex.map(JSON.string)
        value["driver"] = driver.map(JSON.string)
        if isWireless { value["wireless"] = true }
    }
}
