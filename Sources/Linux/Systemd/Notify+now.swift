// In release builds, the constants of socket(2) come with this module.
internal import CSystemd
internal import Glibc
internal import Synchronization

/// Notifications that are sent regularly, from the thread that does the work, must not block. sd_notify(3) blocks while
/// systemd does not read: a systemd that hangs would in the end block all services. So these are sent immediately or
/// not at all.
///
/// Nor may they fail for lack of a descriptor, as sd_notify(3) would, which opens a socket each time: a daemon that has
/// run out of descriptors, because too many peers have connected, is alive, and killing it would close all its
/// connections. So there is one unconnected socket, which is opened for the first notification and kept.
extension Notify {
    /// The socket; -1 until it has been opened.
    private static let channel = Mutex<Int32>(-1)

    /// Opens the socket, unless it is open.
    ///
    /// - Returns: The socket; `nil`, with errno set, if it cannot be opened.
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
    /// - Returns: Whether systemd wants notifications; `nil` if the address is of a kind that only sd_notify can send
    ///   to.
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
            // An abstract address begins with NUL (unix(7)), which is written as @ in the environment.
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
