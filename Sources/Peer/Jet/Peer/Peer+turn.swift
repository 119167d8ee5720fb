import NIOCore

extension Peer {
    /// Waits for a turn of the event loop that carries the connection: if that takes long, the loop
    /// hangs.
    package func turn() async {
        // It fails only when the loop has ended.
        try? await core.loop.submit {}.get()
    }
}
