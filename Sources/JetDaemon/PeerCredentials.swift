import Glibc
import JetBus
import NIOCore

extension Credentials {
    /// `struct ucred` of unix(7), which the C library shows only to those who define _GNU_SOURCE.
    private typealias KernelCredentials = (pid: pid_t, uid: uid_t, gid: gid_t)

    /// What the kernel says of the other end of a connection: over a unix socket, who it was that connected (SO_PEERCRED,
    /// unix(7)). Of other connections, nothing.
    init(of channel: any Channel) {
        self.init()
        try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { socket in
            var credentials = KernelCredentials(0, 0, 0)
            var size = socklen_t(MemoryLayout<KernelCredentials>.size)
            guard getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else { return }
            // Of a socket that is no unix socket, the kernel says that no process and the user -1 is there.
            guard size == MemoryLayout<KernelCredentials>.size, credentials.pid > 0 else { return }
            userID = credentials.uid
        }
    }
}
