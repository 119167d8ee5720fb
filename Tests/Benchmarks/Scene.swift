import Glibc
import JetBus
import JetProtocol

/// A bus without a shell around it, driven by the bytes of messages as a shell would: a *turn* is some messages that came,
/// and then one look at each peer's output.
final class Scene {
    let bus: Bus
    /// Messages that are handled in one turn: what 64 requests in flight make of it.
    static let turn = 64
    /// Whether output is counted and searched for errors, which takes longer than making it.
    var isInspecting = false
    /// What went in and out while it was both inspected and timed.
    private(set) var traffic = Traffic()
    /// The first error that the bus answered while it was inspected.
    private(set) var error: String?
    /// How many bytes went out. Keeps the output from being nothing that anybody looks at.
    private(set) var bytesOut = 0

    private var peers: ContiguousArray<PeerID> = []
    private var now: UInt64 = 1_000_000_000
    private var isTimed = false

    /// Messages and their bytes, without frames.
    struct Traffic {
        var messagesIn = 0
        var bytesIn = 0
        var messagesOut = 0
        var bytesOut = 0
    }

    /// A bus without peers.
    init() {
        var configuration = Bus.Configuration()
        configuration.seed = 7
        // All work is done at once, so that its time is measured whole.
        configuration.slice = 1 << 40
        bus = Bus(configuration: configuration)
    }

    /// A new peer.
    func connect() -> PeerID { bus.connect() }

    /// One message comes. Its consequences wait for the end of the turn.
    @inline(__always)
    func receive(_ message: [UInt8], from peer: PeerID) {
        now &+= 1
        if isInspecting, isTimed {
            traffic.messagesIn += 1
            traffic.bytesIn += message.count
        }
        bus.receive(message.span.bytes, from: peer, at: now)
    }

    /// The end of a turn: what is due to the peers is theirs.
    ///
    /// - Parameter read: Gets each peer's output.
    func endTurn(_ read: (PeerID, UnsafeRawBufferPointer) -> Void = { _, _ in }) {
        while bus.hasOutput || bus.hasWork {
            bus.takePeersWithOutput(into: &peers)
            for peer in peers {
                bus.withOutput(of: peer) { output in
                    bytesOut &+= output.count
                    if isInspecting { inspect(output) }
                    read(peer, output)
                }
                _ = bus.outputWritten(of: peer)
            }
            if bus.hasWork { bus.proceed(at: now, resuming: &peers) }
        }
    }

    /// Messages come from one peer, many a turn.
    func receive(all messages: [[UInt8]], from peer: PeerID) {
        for (place, message) in messages.enumerated() {
            receive(message, from: peer)
            if place % Self.turn == Self.turn - 1 { endTurn() }
        }
        endTurn()
    }

    /// How long `body` takes, in nanoseconds.
    func time(_ body: () -> Void) -> Double {
        isTimed = true
        defer { isTimed = false }
        let start = Clock.now
        body()
        return Double(Clock.now - start)
    }

    private func inspect(_ output: UnsafeRawBufferPointer) {
        var frames = FrameReader(limit: 1 << 30)
        _ = try? frames.read(output.bytes) { message in
            if isTimed {
                traffic.messagesOut += 1
                traffic.bytesOut += message.byteCount
            }
            if error == nil {
                let text = message.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                if text.contains(#""error":"#) { error = text }
            }
            return true
        }
    }
}

/// What everything is measured by: the processor time of this thread, in nanoseconds. What other programs take does not
/// count, unlike with a clock on the wall.
enum Clock {
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    }
}
