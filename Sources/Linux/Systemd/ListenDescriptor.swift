internal import CSystemd
internal import Glibc

/// A socket that systemd opened and passed to this process, sd_listen_fds(3).
///
///     for socket in try ListenDescriptor.received() where socket.name == "bus" {
///         try await serve(socket.descriptor)
///     }
public struct ListenDescriptor: Hashable, Sendable {
    /// The open descriptor, which the receiver closes. Programs that this one starts do not inherit it.
    public let descriptor: Int32
    /// The name that the socket unit gives it: `FileDescriptorName=`, by default the unit's name. All sockets of one
    /// unit have the same name.
    public let name: String

    /// All descriptors that were passed, in the order of the unit; none if the service was started otherwise.
    ///
    /// They are returned once: the variables that describe them are removed from the environment, so that neither a
    /// second call nor a child process uses them too.
    public static func received() throws(SystemdError) -> [ListenDescriptor] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = try SystemdError.check(
            sd_listen_fds_with_names(1, &names), of: "sd_listen_fds_with_names(3)")
        defer {
            if let names {
                for index in 0..<Int(count) { free(names[index]) }
                free(names)
            }
        }
        return (0..<Int(count)).map { index in
            ListenDescriptor(
                descriptor: SD_LISTEN_FDS_START + Int32(index),
                name: names?[index].map { String(cString: $0) } ?? "unknown")
        }
    }

    /// Its address family, such as `AF_UNIX`; `nil` if it is not a socket.
    public var family: Int32? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return result == 0 ? Int32(address.ss_family) : nil
    }
}
