import JetProtocol

/// *Batches*: while one is open, messages become elements of one array instead of messages of their own, and nothing is
/// written. It does not matter who says them: an array means the same as its messages one by one (jet-protocol(7) §1.4).
extension Outbox {
    /// What a batch is doing.
    struct BatchState: Sendable {
        /// How many are open; several share their array.
        var count = 0
        /// Where the array's frame begins, once there is one.
        var start: Int?
    }

    /// Whether messages gather in an array.
    var isBatching: Bool { batch.count > 0 }

    /// Has messages gather in an array from now on.
    mutating func beginBatch() { batch.count += 1 }

    /// Closes the array, unless another batch goes on.
    mutating func endBatch() {
        // The connection may have been made again since, which ends all batches.
        guard isBatching else { return }
        batch.count -= 1
        if !isBatching { closeArray() }
    }

    /// Appends one message to the array.
    mutating func element(_ write: (inout [UInt8]) -> Void) {
        let end = bytes.count
        if batch.start == nil { openArray() } else { bytes.append(UInt8(ascii: ",")) }
        let start = bytes.count
        write(&bytes)
        guard let frame = batch.start, frame < end, bytes.count - frame - Frame.headerLength >= arrayLimit else {
            return
        }
        // One too many for a message that the daemon takes: it begins the next.
        let message = Array(bytes[start...])
        bytes.removeSubrange(end...)
        closeArray()
        openArray()
        bytes.append(contentsOf: message)
    }

    private mutating func openArray() {
        batch.start = bytes.count
        Frame.appendHeader(length: 0, to: &bytes)
        bytes.append(UInt8(ascii: "["))
    }

    private mutating func closeArray() {
        guard let start = batch.start else { return }
        bytes.append(UInt8(ascii: "]"))
        closeFrame(from: start)
        batch.start = nil
    }
}
