import Glibc
import JetDaemon
import Logging
import Systemd

/// The sockets that the service manager has handed over, as far as they can be served.
struct ReceivedSockets {
    /// Those that can be served.
    let sockets: [ReceivedSocket]
    /// Whether there were any, whatever they are. If they cannot even be told apart, the daemon must not listen elsewhere
    /// instead, at ports that nobody has asked for.
    let wereHandedOver: Bool

    /// Takes them. What is wrong with one is logged, and does not keep the others from being served.
    init(logger: Logger) {
        var received: [ListenDescriptor] = []
        var failed = false
        do throws(SystemdError) {
            received = try ListenDescriptor.received()
        } catch {
            failed = true
            logger.error("no socket of the service manager can be taken", metadata: ["reason": "\(error)"])
        }
        wereHandedOver = failed || !received.isEmpty
        sockets = received.compactMap { socket in
            do throws(DaemonError) {
                return try ReceivedSocket(descriptor: socket.descriptor, name: socket.name)
            } catch {
                logger.error(
                    "a socket of the service manager is not served",
                    metadata: ["socket": "\(socket.name)", "reason": "\(error)"])
                // The service manager has its own, where those who connect wait.
                close(socket.descriptor)
                return nil
            }
        }
    }
}
