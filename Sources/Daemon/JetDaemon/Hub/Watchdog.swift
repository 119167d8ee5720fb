import JetBus
import JetProtocol
import NIOCore

/// The state of the check that the bus answers; see `Hub+watchdog.swift`.
struct Watchdog {
    let interval: TimeAmount
    /// Called after each right answer.
    let alive: () -> Void
    /// The probe that waits for an answer.
    var probe: PeerID?
    /// The timer of the next check.
    var next: Scheduled<Void>?
    /// The number of requests so far. Each request has it as its id, so that a late answer does not count for a later one.
    private var count: UInt64 = 0

    init(interval: TimeAmount, alive: @escaping () -> Void) {
        self.interval = interval
        self.alive = alive
    }

    mutating func nextRequest() -> String {
        count &+= 1
        return #"{"id":\#(count),"method":"echo","params":["\#(count)"]}"#
    }

    /// Whether these bytes are exactly the frame of the answer to the newest request.
    func isAnswer(_ output: UnsafeRawBufferPointer) -> Bool {
        let text = #"{"id":\#(count),"result":["\#(count)"]}"#
        var expected: [UInt8] = []
        Frame.appendHeader(length: text.utf8.count, to: &expected)
        expected += text.utf8
        return output.elementsEqual(expected)
    }
}
