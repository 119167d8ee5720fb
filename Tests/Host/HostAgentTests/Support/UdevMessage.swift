import Glibc
import Testing

/// An event as udev tells it to those who listen: `struct monitor_netlink_header` of libudev, then the properties, each
/// with a zero behind it. umockdev's preloaded library has a socket in the testbed's directory for each listener.
///
/// (umockdev's own sender gives up when a listener has ten events to read; this one waits for it.)
struct UdevMessage {
    private let bytes: [UInt8]

    init(subsystem: String, properties: [String]) {
        let body: [UInt8] = properties.flatMap { Array($0.utf8) + [UInt8(0)] }
        var header = Array("libudev\0".utf8)
        func append(_ number: UInt32) { withUnsafeBytes(of: number) { header += $0 } }
        append(UInt32(0xFEED_CAFE).bigEndian)
        // The header's size, where the properties begin, and their size.
        append(40)
        append(40)
        append(UInt32(body.count))
        // What the listeners' sockets filter by: the subsystem; and device type and tags, by which nobody does.
        append(Self.hash(Array(subsystem.utf8)).bigEndian)
        for _ in 0..<3 { append(0) }
        bytes = header + body
    }

    /// The hash of a text that udev uses: MurmurHash2 by Austin Appleby, with the seed 0.
    private static func hash(_ text: [UInt8]) -> UInt32 {
        let factor: UInt32 = 0x5BD1_E995
        var hash = UInt32(text.count)
        var rest = text[...]
        while rest.count >= 4 {
            var word = rest.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) } &* factor
            word = (word ^ word >> 24) &* factor
            hash = (hash &* factor) ^ word
            rest = rest.dropFirst(4)
        }
        if !rest.isEmpty {
            hash = (hash ^ rest.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) &* factor
        }
        hash = (hash ^ hash >> 13) &* factor
        return hash ^ hash >> 15
    }

    /// Sends it to all who listen.
    func send(to directory: String) throws {
        let stream = try #require(opendir(directory))
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix("event") { try send(toSocket: directory + "/" + name) }
        }
    }

    private func send(toSocket path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let count = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(descriptor, bytes, bytes.count, 0, address, length)
            }
        }
        #expect(count == bytes.count, "\(String(cString: strerror(errno)))")
    }
}
