internal import Glibc
public import Handover
internal import NetworkSettings

/// The kernel's side of the machine's links: getifaddrs(3), /proc/net, and the two ioctls of netdevice(7) that put back
/// what networkd leaves as it is.
public struct KernelLink: KernelLinks {
    private let disk: Disk

    /// The links of this network namespace; `disk` has its /proc and /sys.
    public init(_ disk: Disk) { self.disk = disk }

    /// What the kernel has of the link now.
    public func state(of link: String) throws(DiskError) -> KernelState {
        guard let mtu = disk.line("/sys/class/net/\(link)/mtu").flatMap({ Int($0) }),
            let flags = disk.line("/sys/class/net/\(link)/flags").flatMap({ UInt32($0.dropFirst(2), radix: 16) })
        else { throw DiskError("there is no link \(link)") }
        return KernelState(
            isUp: flags & UInt32(IFF_UP) != 0, mtu: mtu, addresses: try addresses(of: link),
            routes: try routes(of: link))
    }

    private func addresses(of link: String) throws(DiskError) -> [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { throw DiskError("getifaddrs") }
        defer { freeifaddrs(list) }
        let temporary = Self.temporary(in: try disk.text("/proc/net/if_inet6") ?? "")
        var addresses: [String] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard String(cString: entry.ifa_name) == link, let address = Self.bytes(entry.ifa_addr),
                let mask = Self.bytes(entry.ifa_netmask), let internet = InternetAddress(bytes: address)
            else { continue }
            if !internet.isIPv4, internet.isLinkLocal || temporary.contains(internet) { continue }
            addresses.append("\(internet)/\(mask.reduce(0) { $0 + $1.nonzeroBitCount })")
        }
        return addresses
    }

    /// The IPv6 addresses that hosts make up for themselves and soon replace (RFC 8981), which are others each time: those
    /// with `IFA_F_TEMPORARY` among the lines of /proc/net/if_inet6, `address index prefix scope flags link`.
    static func temporary(in text: String) -> Set<InternetAddress> {
        var addresses: Set<InternetAddress> = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 6, let flags = UInt32(words[4], radix: 16), flags & 0x01 != 0,
                let address = InternetAddress(digits: words[0])
            else { continue }
            addresses.insert(address)
        }
        return addresses
    }

    private static func bytes(_ address: UnsafeMutablePointer<sockaddr>?) -> [UInt8]? {
        guard let address else { return nil }
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { Array($0) }
        case AF_INET6:
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
        default:
            return nil
        }
    }

    /// The routes to everywhere: of IPv4 the lines of /proc/net/route whose destination and mask are 0, of IPv6 those
    /// of /proc/net/ipv6_route, without the kernel's own that reject everything (`RTF_REJECT`).
    private func routes(of link: String) throws(DiskError) -> [String] {
        var routes: [String] = []
        for line in (try disk.text("/proc/net/route") ?? "").split(separator: "\n").dropFirst() {
            let words = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
            guard words.count >= 8, words[0] == link, words[1] == "00000000", words[7] == "00000000",
                let router = UInt32(words[2], radix: 16)
            else { continue }
            // The number is as it lies in memory.
            let bytes = withUnsafeBytes(of: router) { Array($0) }
            routes.append(InternetAddress(bytes: bytes).map { $0.isUnspecified ? "dev" : "via \($0)" } ?? "dev")
        }
        for line in (try disk.text("/proc/net/ipv6_route") ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 10, words[9] == link, words[1] == "00", words[0].allSatisfy({ $0 == "0" }),
                let flags = UInt32(words[8], radix: 16), flags & rejecting == 0
            else { continue }
            guard words[4].utf8.count == 32 else { continue }
            routes.append(InternetAddress(digits: words[4]).map { $0.isUnspecified ? "dev" : "via \($0)" } ?? "dev")
        }
        return routes
    }

    /// `RTF_REJECT`, which the C library's module leaves out.
    private let rejecting: UInt32 = 0x0200

    /// Makes the link's largest packet so large.
    public func setMTU(_ mtu: Int, of link: String) throws(DiskError) {
        guard let mtu = Int32(exactly: mtu) else { throw DiskError("\(link): no packet is so large") }
        try request(UInt(SIOCSIFMTU), link) { $0.ifr_ifru.ifru_mtu = mtu }
    }

    /// Takes the link administratively down.
    public func takeDown(_ link: String) throws(DiskError) {
        var flags: Int16 = 0
        try request(UInt(SIOCGIFFLAGS), link, prepare: { _ in }, read: { flags = $0.ifr_ifru.ifru_flags })
        try request(UInt(SIOCSIFFLAGS), link) {
            $0.ifr_ifru.ifru_flags = flags & ~Int16(truncatingIfNeeded: IFF_UP)
        }
    }

    private func request(
        _ number: UInt, _ link: String, prepare: (inout ifreq) -> Void, read: (ifreq) -> Void = { _ in }
    ) throws(DiskError) {
        // Any socket leads to the devices, and this kind needs no address family more.
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw DiskError(link) }
        defer { close(descriptor) }
        var request = ifreq()
        let name = Array(link.utf8)
        guard name.count < Int(IFNAMSIZ) else { throw DiskError("\(link): no link is called so") }
        withUnsafeMutableBytes(of: &request) { $0.copyBytes(from: name) }
        prepare(&request)
        guard ioctl(descriptor, number, &request) == 0 else { throw DiskError(link) }
        read(request)
    }
}

extension InternetAddress {
    /// An IPv6 address as the kernel writes it below /proc: 32 hexadecimal digits.
    fileprivate init?(digits: Substring) {
        let digits = Array(digits.utf8)
        guard digits.count == 32 else { return nil }
        self.init(
            bytes: stride(from: 0, to: 32, by: 2).compactMap {
                UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
            })
    }
}
