import NIOCore

extension Peer {
    /// Waits for a turn of the event loop that carries the connection: whoever waits longer than a moment knows that it
    /// hangs.
    package func turn() async {
        // It fails only when the loop has ended.
        try? await core.loop.submit {}.get()
    }
}
