/// Counts the answers to requests whose ids are consecutive, and how long they took. Each is to be answered once.
final class TimedAnswers: Listener {
    /// When each request was sent; 0 before that, and again when it is answered.
    var sendTimes: ContiguousArray<UInt64>
    private(set) var latencies = Histogram()
    private(set) var count = 0
    private var reader = ResponseReader()

    /// For this many requests.
    init(count: Int) { sendTimes = ContiguousArray(repeating: 0, count: count) }

    /// Forgets what was measured, not what was counted.
    func forgetLatencies() { latencies = Histogram() }

    override func hear(_ message: UnsafeRawBufferPointer, on link: Link, at time: UInt64) throws(BenchError) {
        guard let id = try reader.read(message), sendTimes.indices.contains(id - Naming.base) else {
            throw .unexpected(message)
        }
        let sent = sendTimes[id - Naming.base]
        guard sent > 0 else { throw .wrong("Request \(id) was answered twice.") }
        sendTimes[id - Naming.base] = 0
        latencies.note(time &- min(time, sent))
        count += 1
    }
}
