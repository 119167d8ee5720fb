// In a release, the constants of socket(2) are known by way of this one.
internal import CSystemd
internal import Glibc
internal import Synchronization

/// What is said again and again, from where the work is done, must not wait: sd_notify(3) does while nobody reads, and a
/// service manager that hangs would in the end hang everybody who reports to it. So this is said at once or not at all.
///
/// Nor may it fail for want of a descriptor, as sd_notify(3) would, which opens a socket each time: a daemon that others
/// have connected to until it has none left is alive, and to kill it would end all connections that it has. So there is
/// one socket, opened with the first word, connected to nothing, and kept.
extension Notify {
    /// The socket; -1 as long as it could not be opened.
    private static let channel = Mutex<Int32>(-1)

    /// Opens the socket, unless it is open.
    ///
    /// - Returns: The socket; `nil` if there is none to be had, and errno says why.
    @discardableResult
    static func openChannel() -> Int32? {
        channel.withLock { channel in
            if channel < 0 {
                channel = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            }
            return channel < 0 ? nil : channel
        }
    }

    /// Sends one datagram to `$NOTIFY_SOCKET`, as sd_notify(3) describes it.
    ///
    /// - Returns: Whether somebody wants to know; `nil` if sd_notify has to see to it, for an address of another kind.
    /// - Throws: `EAGAIN` among others, if there is no room for it.
    static func sendNow(_ message: String) throws(SystemdError) -> Bool? {
        guard let name = getenv("NOTIFY_SOCKET"), name.pointee != 0 else { return false }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(String(cString: name).utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path),
            bytes.first == UInt8(ascii: "/") || bytes.first == UInt8(ascii: "@")
        else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: bytes)
            // An abstract address begins with a zero (unix(7)), written as an @ in the environment.
            if bytes.first == UInt8(ascii: "@") { path[0] = 0 }
        }
        guard let descriptor = openChannel() else { throw SystemdError(function: "socket(2)", code: errno) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let text = Array(message.utf8)
        let count = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0, length)
            }
        }
        guard count >= 0 else { throw SystemdError(function: "sendto(2)", code: errno) }
        return true
    }
}
