package import JetProtocol
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Connections with TLS for programs that have a loop of their own: a descriptor that carries the bytes inside TLS.
package enum SecureTunnel {
    /// Connects to an endpoint with TLS. Blocks its thread meanwhile, which must not be one of an event loop.
    ///
    /// - Returns: A stream socket, which the caller closes. What is written to it is sent encrypted. For `wss://` the
    ///   handshake of the WebSocket is the caller's.
    /// - Throws: What `Peer.connect` throws.
    package static func open(
        to endpoint: Endpoint, security: Peer.Security, timeout: Duration
    ) throws(JetError) -> CInt {
        guard let (host, port) = endpoint.address, endpoint.isSecure else {
            throw JetError(.invalidEndpoint, "\(endpoint) is without TLS")
        }
        var ends: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw JetError(.notConnected, "Cannot make a pair of sockets: \(String(cString: strerror(errno)))")
        }
        let (outer, inner) = (ends[0], ends[1])
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let dialer = Dialer(
            endpoint: endpoint, security: security, messageLimit: 0, timeout: timeout, loop: loop)
        do {
            try loop.makeFutureWithTask {
                // It owns the descriptor from now on.
                let near = try await ClientBootstrap(group: loop).channelOption(.autoRead, value: false)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(TunnelEnd())
                        }
                    }.withConnectedSocket(inner).get()
                do {
                    let far = try await SecureDialer(dialer, host: host, port: port, isRaw: true).connect { pipeline in
                        try pipeline.addHandler(TunnelEnd())
                    }
                    try await loop.submit { try TunnelEnd.join(near, far) }.get()
                } catch {
                    near.close(promise: nil)
                    throw error
                }
            }.wait()
        } catch {
            close(outer)
            throw ConnectError.explain(error, endpoint)
        }
        return outer
    }
}

/// One end of a tunnel: what is read from its channel is written to that of the other end, as fast as that one takes it.
final class TunnelEnd: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var partner: TunnelEnd?
    /// What was read before there was a partner.
    private var early: [ByteBuffer] = []
    /// Whether the channel wants to read, but the partner's has no room.
    private var awaitsRoom = false

    /// Joins the ends of two channels of one loop. On the loop.
    static func join(_ near: any Channel, _ far: any Channel) throws {
        let left = try near.pipeline.syncOperations.handler(type: TunnelEnd.self)
        let right = try far.pipeline.syncOperations.handler(type: TunnelEnd.self)
        left.partner = right
        right.partner = left
        for buffer in right.early { left.context?.write(right.wrapOutboundOut(buffer), promise: nil) }
        right.early = []
        left.context?.flush()
        try near.syncOptions?.setOption(.autoRead, value: true)
        near.read()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let partner else { return early.append(unwrapInboundIn(data)) }
        partner.context?.write(data, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) { partner?.context?.flush() }

    func channelInactive(context: ChannelHandlerContext) { partner?.context?.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable, let partner, partner.awaitsRoom else { return }
        partner.awaitsRoom = false
        partner.context?.read()
    }

    func read(context: ChannelHandlerContext) {
        if partner?.context?.channel.isWritable ?? true { context.read() } else { awaitsRoom = true }
    }
}
