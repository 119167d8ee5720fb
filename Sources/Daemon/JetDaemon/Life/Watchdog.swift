import JetBus
import JetProtocol
import NIOCore

/// What there is to know between two beats of the watch on the bus; see `Hub+watching.swift`.
struct Watchdog {
    let interval: TimeAmount
    /// Told each time the bus has answered.
    let alive: () -> Void
    /// Who waits for an answer.
    var probe: PeerID?
    /// The next beat.
    var next: Scheduled<Void>?
    /// How many requests there were: each is another one, so that no answer passes for a later one's.
    private var count: UInt64 = 0

    init(interval: TimeAmount, alive: @escaping () -> Void) {
        self.interval = interval
        self.alive = alive
    }

    mutating func nextRequest() -> String {
        count &+= 1
        return #"{"id":\#(count),"method":"echo","params":["\#(count)"]}"#
    }

    /// Whether these bytes, with the frame around them, are the answer to the newest request and nothing else.
    func isAnswer(_ output: UnsafeRawBufferPointer) -> Bool {
        let text = #"{"id":\#(count),"result":["\#(count)"]}"#
        var expected: [UInt8] = []
        Frame.appendHeader(length: text.utf8.count, to: &expected)
        expected += text.utf8
        return output.elementsEqual(expected)
    }
}
