import Logging
import Netlink

extension SocketOwners {
    /// Uses the socket that was passed to the daemon, or opens one; `nil` if neither works. Then peers on the loopback are
    /// charged by their address.
    convenience init?(for configuration: DaemonConfiguration, logger: Logger) {
        do throws(NetlinkError) {
            if let descriptor = configuration.diagnosis {
                try self.init(adopting: descriptor)
            } else {
                try self.init()
            }
        } catch {
            logger.info(
                "the users of TCP peers on this machine are not known; all share one account",
                metadata: ["reason": "\(error)"])
            return nil
        }
        // The first query may load a module of the kernel, which takes long.
        let end = TCPConnection.End(address: [127, 0, 0, 1], port: 1)
        _ = userID(of: TCPConnection(local: end, peer: end))
    }
}
