import Glibc
import JetDaemon
import Logging
import Systemd

/// The sockets that systemd has passed to the daemon.
struct ReceivedSockets {
    /// Those that can be served.
    let sockets: [ReceivedSocket]
    /// The netlink socket of jetd-diag.socket; `nil` if there is none.
    let diagnosis: Int32?
    /// Whether systemd has passed any sockets to listen on, valid or not. If none of them can be served, the daemon must not open other
    /// endpoints instead.
    let wereHandedOver: Bool

    /// `FileDescriptorName=` of jetd-diag.socket.
    private static let diagnosisName = "diag"

    /// Receives the sockets. Logs the ones that cannot be served.
    init(logger: Logger) {
        var received: [ListenDescriptor] = []
        var failed = false
        do throws(SystemdError) {
            received = try ListenDescriptor.received()
        } catch {
            failed = true
            logger.error("cannot receive the sockets from systemd", metadata: ["reason": "\(error)"])
        }
        diagnosis = received.first { $0.name == Self.diagnosisName }?.descriptor
        received.removeAll { $0.name == Self.diagnosisName }
        wereHandedOver = failed || !received.isEmpty
        sockets = received.compactMap { socket in
            do throws(DaemonError) {
                return try ReceivedSocket(descriptor: socket.descriptor, name: socket.name)
            } catch {
                logger.error(
                    "a socket from systemd cannot be served",
                    metadata: ["socket": "\(socket.name)", "reason": "\(error)"])
                // systemd keeps its own descriptor of the socket, where connections wait.
                close(socket.descriptor)
                return nil
            }
        }
    }
}
