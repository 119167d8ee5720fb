import Logging
import NIOCore
import NIOHTTP1

/// A connection that speaks HTTP, until a handshake makes it a WebSocket.
///
/// It handles one request after another. While one is answered, the socket is not read; what had arrived already waits, up to
/// a limit. Everything that the client does has a time.
///
/// This file has the lifecycle and the input; the extensions have the requests, the responses and the handshake of
/// WebSocket.
final class HTTPConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// The lifecycle of a connection.
    enum Phase {
        /// It waits for a request.
        case waiting
        /// The body of a request arrives.
        case receiving(Incoming)
        /// A route works on the answer.
        case answering(HTTPAnswer)
        /// The response is being written.
        case writing
        /// The next request has arrived, and other connections have their turn before it.
        case yielding
        /// The connection becomes a WebSocket. What arrives is for the peer.
        case upgrading
        /// The last response was written. What arrives is discarded, and the connection is closed soon.
        case ending
    }

    /// A request whose body arrives.
    struct Incoming {
        let head: HTTPRequestHead
        var request: HTTPRequest
        let action: Action

        enum Action {
            /// Ask a route.
            case route(HTTPRoute)
            /// Answer this.
            case answer(HTTPResponse)
            /// Become a WebSocket.
            case upgrade(Handshake)
        }
    }

    let hub: Hub
    let identity: PeerIdentity
    let messageLimit: Int
    /// Whether the connection is refused because it would not be encrypted.
    let isRefusal: Bool
    /// Parses the requests.
    let decoder = HTTPLimits.decoder
    var phase = Phase.waiting
    private(set) var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?

    // Requests

    /// Parts that have arrived and are not handled yet.
    private var queue = CircularBuffer<HTTPServerRequestPart>()
    private var queuedRequests = 0
    private var queuedBytes = 0
    private var isHandling = false
    private var isReading = true
    var requests = 0
    /// How many bytes of the request's body are counted.
    private var bodySize = 0
    /// Whether no more requests are read, since the client has closed its sending side, or has sent too much or what cannot
    /// be parsed.
    private(set) var hasInputEnded = false

    // Responses

    /// Whether the response in progress is the last one.
    var isLast = false
    /// Whether the request has the method HEAD.
    var isHead = false
    /// Whether the request is of HTTP/1.0.
    var isOldVersion = false
    /// What is left of the body of the response in progress.
    var rest = ByteBuffer()
    /// See `HTTPResponse.whenWritten`.
    private var whenWritten: (() -> Void)?
    /// What the peer of a WebSocket has sent before the connection has become one.
    var early: [ByteBuffer] = []
    /// Whether the decoder has parsed that, because it does not take the request for a handshake: NIO and this handler read
    /// the header `Connection` differently. What still arrives is discarded.
    private(set) var isMisread = false

    private init(hub: Hub, messageLimit: Int, identity: PeerIdentity, isRefusal: Bool) {
        self.hub = hub
        self.messageLimit = messageLimit
        self.identity = identity
        self.isRefusal = isRefusal
    }

    /// Adds the handlers to a new connection.
    ///
    /// - Parameter isRefusal: Whether each request is answered with the reason why the connection is refused.
    static func install(
        in channel: any Channel, hub: Hub, messageLimit: Int, identity: PeerIdentity, isRefusal: Bool = false
    ) throws {
        let connection = HTTPConnection(
            hub: hub, messageLimit: messageLimit, identity: identity, isRefusal: isRefusal)
        try channel.syncOptions?.setOption(.recvAllocator, value: HTTPReadAllocator())
        try channel.pipeline.syncOperations.addHandlers(connection.decoder, connection)
    }

    // MARK: Lifecycle

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        hub.http.join(self)
        limit(hub.http.limits.firstRequest)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        hub.http.leave(self)
        cancel()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        cancel()
        phase = .ending
        context.fireChannelInactive()
    }

    /// Ends the work on an answer that cannot be sent any more.
    private func cancel() {
        if case .answering(let answer) = phase { answer.cancel() }
        queue.removeAll()
        rest = ByteBuffer()
        releaseBody()
        noteWritten()
    }

    /// Counts bytes of the request's body, if there is room for them.
    func takeBody(_ count: Int) -> Bool {
        guard hub.http.takeBody(count, of: identity.account) else { return false }
        bodySize += count
        return true
    }

    /// The body is not needed any more.
    func releaseBody() {
        if bodySize > 0 { hub.http.releaseBody(bodySize, of: identity.account) }
        bodySize = 0
    }

    /// Sets what is called when the response in progress is written, or the connection has ended.
    func note(whenWritten: (() -> Void)?) { self.whenWritten = whenWritten }

    /// The response in progress is written, or will not be.
    func noteWritten() {
        let whenWritten = whenWritten
        self.whenWritten = nil
        whenWritten?()
    }

    /// Sets the time that the present phase may take.
    func limit(_ time: TimeAmount?) {
        timer?.cancel()
        timer = time.map { time in eventLoop?.scheduleTask(in: time) { self.expire() } } ?? nil
    }

    private var eventLoop: NIOIsolatedEventLoop? { context?.eventLoop.assumeIsolated() }

    private func expire() {
        guard case .answering(let answer) = phase else { return close() }
        answer.cancel()
        respond(
            .text(
                .gatewayTimeout, "there was no answer in \(hub.http.limits.answer.nanoseconds / 1_000_000_000) seconds")
        )
    }

    func close() { context?.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .upgrading = phase {
            if case .leftoverDataWhenDone(let bytes)? = error as? ByteToMessageDecoderError {
                early.append(bytes)
            } else {
                isMisread = true
            }
            return
        }
        if case .ending = phase, error is ByteToMessageDecoderError { return }
        guard error is HTTPParserError else { return close() }
        hasInputEnded = true
        // An answer to an earlier request is sent before the connection is closed.
        guard isReady else { return }
        (isHead, isOldVersion) = (false, false)
        refuse(.text(.badRequest, "this is not an HTTP request"))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            hasInputEnded = true
            handle()
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Input

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isMisread else { return }
        switch phase {
        case .upgrading: isMisread = true
        case .ending: break
        default:
            enqueue(unwrapInboundIn(data))
            handle()
        }
    }

    private func enqueue(_ part: HTTPServerRequestPart) {
        guard !hasInputEnded else { return }
        switch part {
        case .head:
            queuedRequests += 1
            queue.append(part)
        case .body(let bytes):
            queuedBytes += bytes.readableBytes
            // The memory of the part is shared by all connections.
            queue.append(queue.isEmpty ? part : .body(ByteBuffer(bytes: bytes.readableBytesView)))
        case .end: queue.append(part)
        }
        guard queuedRequests > HTTPLimits.waitingRequests || queuedBytes > HTTPLimits.waitingBytes else { return }
        hasInputEnded = true
        // The last one is not complete.
        while let last = queue.last {
            if case .end = last { break }
            queue.removeLast()
        }
    }

    /// Handles nothing more of what has arrived and arrives.
    func dropInput() {
        hasInputEnded = true
        queue.removeAll()
    }

    /// Whether the response that follows is the last one.
    var isLastResponse: Bool {
        if case .serving = hub.stage { isLast || hasInputEnded && queue.isEmpty } else { true }
    }

    /// Handles what has arrived, until a request waits for its answer.
    func handle() {
        guard !isHandling else { return }
        isHandling = true
        while isReady, let part = queue.popFirst() { handle(part) }
        isHandling = false
        switch phase {
        case .waiting where hasInputEnded: end()
        case .waiting, .receiving, .upgrading, .ending: setReading(true)
        case .answering, .writing, .yielding: setReading(false)
        }
    }

    /// Whether a part of a request waits.
    var hasQueue: Bool { !queue.isEmpty }

    /// Whether the next part of a request can be handled.
    private var isReady: Bool {
        switch phase {
        case .waiting, .receiving: true
        case .answering, .writing, .yielding, .upgrading, .ending: false
        }
    }

    private func setReading(_ isReading: Bool) {
        guard isReading != self.isReading, let context else { return }
        self.isReading = isReading
        try? context.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }

    private func handle(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            queuedRequests -= 1
            begin(head)
        case .body(let bytes):
            queuedBytes -= bytes.readableBytes
            receive(bytes)
        case .end: finish()
        }
    }
}
