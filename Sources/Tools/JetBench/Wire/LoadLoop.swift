import Glibc
import Jet
import JetProtocol

/// The *load generator*: one loop on one thread that drives all connections of a measurement, publisher and subscribers
/// alike. It knows frames; what is in them is for `Listener`s.
///
/// Each turn of `run` lets the measurement send what it may, writes what waits to each connection in one go, and reads
/// what has come in large pieces. No message costs a call of the system, memory or a task switch.
final class LoadLoop {
    /// The timeout for expected messages, in seconds.
    let patience: Double
    /// Which daemons are trusted, for TLS.
    private let security: Peer.Security
    private var poller: Poller
    private var links: ContiguousArray<Link?> = []
    private var dirty: ContiguousArray<Link> = []
    private var input: UnsafeMutableRawBufferPointer
    /// Where each link leads.
    private var endpoints: [Endpoint] = []
    /// Whether anything has come in this turn.
    private var isMoving = false

    /// A loop without connections.
    init(patience: Double, security: Peer.Security = Peer.Security()) throws(BenchError) {
        self.patience = patience
        self.security = security
        poller = try Poller()
        input = .allocate(byteCount: 256 << 10, alignment: 16)
    }

    deinit {
        closeAll()
        input.deallocate()
    }

    /// Opens a connection.
    func connect(to endpoint: Endpoint, listener: Listener) throws(BenchError) -> Link {
        let (descriptor, input) = try Socket.connect(to: endpoint, patience: patience, security: security)
        let framing: Framing =
            switch endpoint {
            case .webSocket, .secureWebSocket: .webSocket
            case .unix, .tcp, .tls: .lengthPrefixed
            }
        let link = Link(number: links.count, descriptor: descriptor, framing: framing, input: input, loop: self)
        link.listener = listener
        try poller.add(descriptor, number: link.number)
        links.append(link)
        endpoints.append(endpoint)
        return link
    }

    /// Ends a connection.
    func close(_ link: Link) {
        dirty.removeAll { $0 === link }
        // epoll forgets a descriptor that is closed.
        link.end()
        links[link.number] = nil
    }

    /// Ends all connections.
    func closeAll() {
        dirty.removeAll()
        for number in links.indices {
            links[number]?.end()
            links[number] = nil
        }
    }

    /// Leaves everything that arrives on `link` in the socket from now on, as a peer does that never reads.
    func stopReading(_ link: Link) throws(BenchError) {
        link.isDeaf = true
        try poller.change(link.descriptor, number: link.number, input: false, output: link.awaitsRoom)
    }

    func noteOutput(of link: Link) {
        link.isDirty = true
        dirty.append(link)
    }

    /// Takes turns until a measurement, or a part of it, is done.
    ///
    /// - Parameters:
    ///   - patience: The timeout for expected messages, in seconds, if it is another one than the loop's.
    ///   - idle: For how long a turn waits for input, in milliseconds.
    ///   - overdue: What has not come yet, in words, for the error if it never does.
    ///   - turn: Sends what may be sent now; returns whether all is done.
    /// - Throws: What the listeners throw; `BenchError.overdue` when nothing came for too long.
    func run(
        patience: Double? = nil, idle: Int32 = 100, overdue: () -> String, _ turn: () throws(BenchError) -> Bool
    ) throws(BenchError) {
        var lastMove = Clock.now
        while try !turn() {
            try flush()
            isMoving = false
            for index in 0..<poller.wait(milliseconds: idle) {
                let (number, canWrite, canRead) = poller.event(index)
                guard let link = links[number] else { continue }
                if canWrite { try flush(link) }
                guard canRead, link.descriptor >= 0 else { continue }
                // The only event of a link that is not read is its end.
                if link.isDeaf { try end(link) } else { try read(link) }
            }
            if isMoving {
                lastMove = Clock.now
            } else if Double(Clock.now - lastMove) > (patience ?? self.patience) * 1e9 {
                throw .overdue(overdue(), seconds: patience ?? self.patience)
            }
        }
    }

    // MARK: Output

    private func flush() throws(BenchError) {
        guard !dirty.isEmpty else { return }
        for link in dirty {
            link.isDirty = false
            if !link.awaitsRoom { try flush(link) }
        }
        dirty.removeAll(keepingCapacity: true)
    }

    private func flush(_ link: Link) throws(BenchError) {
        guard link.descriptor >= 0 else { return }
        guard link.flush() else { return try end(link) }
        guard link.hasOutput != link.awaitsRoom else { return }
        link.awaitsRoom = link.hasOutput
        try poller.change(link.descriptor, number: link.number, input: !link.isDeaf, output: link.awaitsRoom)
    }

    /// The daemon has closed a connection.
    private func end(_ link: Link) throws(BenchError) {
        try link.listener.closed(link, to: endpoints[link.number])
        close(link)
    }

    // MARK: Input

    private func read(_ link: Link) throws(BenchError) {
        while true {
            let kept = link.partial.count
            if kept > input.count / 2 { grow() }
            link.partial.withUnsafeBytes { input.copyMemory(from: $0) }
            guard let base = input.baseAddress else { return }
            let count = recv(link.descriptor, base + kept, input.count - kept, 0)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EAGAIN { return }
                return try end(link)
            }
            isMoving = true
            let all = UnsafeRawBufferPointer(start: base, count: kept + count)
            let taken = try hand(all, to: link)
            guard link.descriptor >= 0 else { return }
            link.partial.removeAll(keepingCapacity: true)
            if taken < all.count { link.partial.append(contentsOf: all[taken...]) }
            // A socket that had less than was asked for is empty, or will be reported again.
            if kept + count < input.count { return }
        }
    }

    /// Gives each whole message to the link's listener.
    ///
    /// - Returns: How many bytes they took.
    private func hand(_ bytes: UnsafeRawBufferPointer, to link: Link) throws(BenchError) -> Int {
        let time = Clock.now
        let listener = link.listener
        let framing = link.framing
        var at = 0
        while let frame = try ServerFrame(UnsafeRawBufferPointer(rebasing: bytes[at...]), framing: framing) {
            let start = at &+ frame.header
            guard bytes.count &- start >= frame.length else { break }
            at = start &+ frame.length
            let message = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
            switch frame.opcode {
            case .text, .binary, .continuation: try listener.hear(message, on: link, at: time)
            case .ping: link.sendFrame(.pong, length: message.count) { $0.put(message) }
            case .pong: break
            case .close:
                try end(link)
                return at
            }
        }
        return at
    }

    private func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: input.count * 2, alignment: 16)
        input.deallocate()
        input = larger
    }
}
