import Glibc
import JetProtocol

/// Receives what arrives on a `Link`.
class Listener {
    /// A message has come.
    ///
    /// - Parameters:
    ///   - message: Without the frame around it. Valid only during the call.
    ///   - time: When it was read.
    func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {}

    /// The daemon has closed the connection. The loop forgets the link afterwards.
    ///
    /// - Throws: By default `BenchError.closed`, which ends the measurement.
    func closed(_ link: Link, to endpoint: Endpoint) throws(BenchError) { throw .closed(endpoint) }
}

/// One connection to the daemon: the messages that wait to be written to it, and who hears what comes. It is made, served
/// and ended by a `LoadLoop`.
///
/// Frames are rendered into one piece of memory that is written as a whole once a turn, as the daemon does it: else what
/// is measured is the generator.
final class Link {
    /// The place in the loop's list.
    let number: Int
    private(set) var descriptor: Int32
    let framing: Framing
    /// Who hears what comes.
    var listener = Listener()
    /// The beginning of a frame that has not come to its end.
    var partial: [UInt8]
    /// Whether the loop knows that there is something to write.
    var isDirty = false
    /// Whether the loop waits for room to write.
    var awaitsRoom = false
    /// Whether what arrives is left in the socket; see `LoadLoop.stopReading`.
    var isDeaf = false

    private unowned let loop: LoadLoop
    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    private var rendered = 0
    private var written = 0
    private var mask = UInt64.random(in: 1 ... .max)

    init(number: Int, descriptor: Int32, framing: Framing, input: [UInt8], loop: LoadLoop) {
        self.number = number
        self.descriptor = descriptor
        self.framing = framing
        partial = input
        self.loop = loop
    }

    deinit {
        free(base)
        end()
    }

    /// Closes the connection. Nothing may be sent any more.
    func end() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        // Listeners may hold links.
        listener = Listener()
    }

    // MARK: Output

    /// Whether something waits to be written.
    var hasOutput: Bool { written < rendered }

    /// Adds a message of `length` bytes, which `render` writes.
    @inline(__always)
    func send(length: Int, _ render: (UnsafeMutableRawPointer) -> Void) {
        switch framing {
        case .lengthPrefixed:
            let place = extend(by: Frame.headerLength &+ length)
            render(Frame.putHeader(length: length, at: place))
        case .webSocket:
            sendFrame(.text, length: length, render)
        }
    }

    /// Adds a message.
    func send(_ text: String) {
        var text = text
        text.withUTF8 { bytes in send(length: bytes.count) { $0.put(UnsafeRawBufferPointer(bytes)) } }
    }

    /// Adds a message that is rendered already.
    func send(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in send(length: bytes.count) { $0.put(bytes) } }
    }

    /// Adds a frame as a client has to write it: masked, each time otherwise (RFC 6455, section 5.3).
    @inline(__always)
    func sendFrame(_ opcode: WebSocketFrame.Opcode, length: Int, _ render: (UnsafeMutableRawPointer) -> Void) {
        let place = extend(by: WebSocketFrame.headerLength(of: length) &+ 4 &+ length)
        let behind = WebSocketFrame.putHeader(opcode, length: length, at: place)
        place.storeBytes(of: place.load(fromByteOffset: 1, as: UInt8.self) | 0x80, toByteOffset: 1, as: UInt8.self)
        let key = nextMask()
        behind.storeBytes(of: key, as: UInt32.self)
        render(behind + 4)
        Self.mask(behind + 4, length, with: key)
    }

    /// Unlike the last one, and nothing more: xorshift64, of George Marsaglia.
    private func nextMask() -> UInt32 {
        mask ^= mask &<< 13
        mask ^= mask &>> 7
        mask ^= mask &<< 17
        return UInt32(truncatingIfNeeded: mask)
    }

    private static func mask(_ place: UnsafeMutableRawPointer, _ length: Int, with key: UInt32) {
        let key = UInt64(key) | UInt64(key) &<< 32
        var at = 0
        while length &- at >= 8 {
            let word = place.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            place.storeBytes(of: word ^ key, toByteOffset: at, as: UInt64.self)
            at &+= 8
        }
        withUnsafeBytes(of: key) { key in
            while at < length {
                let byte = place.load(fromByteOffset: at, as: UInt8.self)
                place.storeBytes(of: byte ^ key[at & 7], toByteOffset: at, as: UInt8.self)
                at &+= 1
            }
        }
    }

    @inline(__always)
    private func extend(by count: Int) -> UnsafeMutableRawPointer {
        if rendered &+ count > capacity { grow(by: count) }
        if !isDirty { loop.noteOutput(of: self) }
        // `grow` leaves memory behind whenever something is asked for.
        let place = base.unsafelyUnwrapped + rendered
        rendered &+= count
        return place
    }

    @inline(never)
    private func grow(by count: Int) {
        if let base, written > 0 {
            memmove(base, base + written, rendered - written)
            rendered -= written
            written = 0
        }
        guard rendered + count > capacity || base == nil else { return }
        capacity = max(rendered + count, capacity * 2, 4096)
        guard let memory = realloc(base, capacity) else { preconditionFailure("out of memory") }
        base = memory
    }

    /// Writes what waits, as far as the socket takes it.
    ///
    /// - Returns: Whether the connection is still there.
    func flush() -> Bool {
        while let base, written < rendered {
            let count = Glibc.send(descriptor, base + written, rendered - written, Int32(MSG_NOSIGNAL))
            if count >= 0 {
                written += count
            } else if errno == EAGAIN {
                return true
            } else if errno != EINTR {
                return false
            }
        }
        written = 0
        rendered = 0
        return true
    }
}

extension UnsafeMutableRawPointer {
    /// Copies `bytes` to here.
    @inline(__always)
    func put(_ bytes: UnsafeRawBufferPointer) {
        if let source = bytes.baseAddress { memcpy(self, source, bytes.count) }
    }
}
