import Glibc
import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import JetBench

@Suite("Latencies")
struct HistogramTests {
    @Test("are told within 1.6 % of what they were, never below, over nine orders of magnitude")
    func percentiles() {
        var generator = SeededGenerator(seed: 5)
        var histogram = Histogram()
        var all: [UInt64] = []
        for _ in 0..<20_000 {
            let duration = UInt64.random(in: 0...(1 << UInt64.random(in: 0...40, using: &generator)), using: &generator)
            histogram.note(duration)
            all.append(duration)
        }
        all.sort()
        for share in [0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1] {
            let exact = all[Int((Double(all.count) * share).rounded(.up)) - 1]
            let told = histogram.percentile(share)
            #expect(told >= exact && Double(told) <= Double(exact) * 1.016 + 1, "\(share)")
        }
        #expect(histogram.longest == all.last && histogram.percentile(1) == all.last)
        #expect(histogram.count == 20_000)
    }

    @Test("of any duration have a place, the longest included")
    func extremes() {
        var histogram = Histogram()
        #expect(histogram.percentile(0.5) == 0)
        for duration: UInt64 in [0, 1, 127, 128, .max / 2, .max] { histogram.note(duration) }
        #expect(histogram.percentile(0) == 0)
        #expect(histogram.percentile(0.5) == 127)
        #expect(histogram.percentile(1) == .max)
    }
}

@Suite("Medians")
struct SeriesTests {
    @Test("are the middle one, or the mean of the two in the middle")
    func median() {
        #expect(Series.median(of: [3, 1, 2]) == 2)
        #expect(Series.median(of: [4, 1, 2, 3]) == 2.5)
        #expect(Series.median(of: []) == 0)
    }

    @Test("are not taken of what can be found once only")
    func once() {
        var series = Series(endpoint: .unix(path: "/a"))
        for value in [5.0, 1, 2] { series.append([.bytesPerState: value, .addsPerSecond: value], pid: nil) }
        #expect(series.medians == [.bytesPerState: 5, .addsPerSecond: 2])
    }
}

@Suite("A template")
struct TemplateTests {
    @Test("has its numbers written where there are number signs, in as many digits")
    func render() {
        let template = Template(#"{"id":####,"path":"a/##","value":##########}"#)
        let text = String(unsafeUninitializedCapacity: template.length) { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            template.render(1234, 7, 1_000_000_000, at: UnsafeMutableRawPointer(base))
            return template.length
        }
        #expect(text == #"{"id":1234,"path":"a/07","value":1000000000}"#)
    }

    @Test("for values gives exactly as many bytes as were asked for", arguments: [26, 27, 32, 1000])
    func size(size: Int) throws {
        let naming = Naming(size: size)
        #expect(naming.value.utf8.count == size)
        #expect(try JSON(parsing: naming.value.replacing("#", with: "1"))["n"] == 1_111_111_111)
    }
}

@Suite("Notifications")
struct NotificationReaderTests {
    private func read(_ texts: [String]) throws -> [[Int]] {
        var reader = NotificationReader(prefix: "p/")
        return try texts.map { text in
            let event = try Array(text.utf8).withUnsafeBytes { try reader.read($0) }
            return event.map { [$0.kind == .add ? 1 : 2, $0.index, $0.number] } ?? []
        }
    }

    private func event(_ kind: String, _ index: Int, _ number: Int) -> String {
        #"{"method":"f","params":{"path":"p/00000\#(index)","event":"\#(kind)","value":{"n":\#(number),"text":""}}}"#
    }

    @Test("are read by their shape, whatever it is, and its change noticed")
    func shapes() throws {
        let first = 1_000_000_000
        let texts = [
            event("add", 1, first), event("add", 2, first + 1), event("change", 2, first + 2),
            #"{"id":1,"result":true}"#,
            event("change", 1, first + 3),
            #"{"params":{"event":"change","value":{"text":"p","n":1000000009}, "path":"p/000003"},"method":7}"#,
        ]
        let expected = [
            [1, 1, first], [1, 2, first + 1], [2, 2, first + 2], [], [2, 1, first + 3], [2, 3, first + 9],
        ]
        #expect(try read(texts) == expected)
    }

    @Test(
        "that are none of the measurement's are errors",
        arguments: [
            "{", "[]", #"{"method":"f","params":{"path":"q/000001","event":"add","value":{"n":1000000000}}}"#,
            #"{"method":"f","params":{"path":"p/000001","event":"moved","value":{"n":1000000000}}}"#,
            #"{"method":"f","params":{"path":"p/000001","event":"add","value":true}}"#,
            #"{"method":"f","params":{"path":"p/1","event":"add","value":{"n":1000000000}}}"#,
            #"{"method":"f"}"#,
        ])
    func strange(text: String) {
        #expect(throws: BenchError.self) { try read([text]) }
    }
}

@Suite("Frames of a WebSocket")
struct WebSocketFrameTests {
    @Test("that a client writes are masked, and read as they were meant", arguments: [0, 5, 125, 126, 70_000])
    func masked(length: Int) throws {
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { close(ends[1]) }
        var size: Int32 = 1 << 18
        setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        let loop = try LoadLoop(patience: 5)
        let link = Link(number: 0, descriptor: ends[0], framing: .webSocket, input: [], loop: loop)
        let text = String(repeating: "é", count: length / 2) + String(repeating: "x", count: length % 2)
        link.send(text)
        link.send("end")
        #expect(link.flush())
        var reader = WebSocketReader(limit: 1 << 20)
        var heard: [String] = []
        while heard.last != "end", let bytes = Descriptors.read(ends[1]) {
            #expect(!heard.isEmpty || length < 8 || !String(decoding: bytes, as: UTF8.self).contains(text))
            try reader.read(bytes.span.bytes) { _, message in
                heard.append(message.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
                return true
            }
        }
        // Empty messages are left out by who reads them.
        #expect(heard == (length > 0 ? [text, "end"] : ["end"]))
    }

    @Test(
        "that a daemon writes are read by their header, once all of it is there",
        arguments: [
            ([], nil), ([0x81], nil), ([0x81, 5], [2, 5]), ([0x81, 126, 1], nil), ([0x81, 126, 1, 2], [4, 258]),
            ([0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0], [10, 65_536]), ([0x89, 0], [2, 0]),
        ] as [([UInt8], [Int]?)])
    func headers(bytes: [UInt8], expected: [Int]?) throws {
        let frame = try bytes.withUnsafeBytes { try ServerFrame($0, framing: .webSocket) }
        #expect(frame.map { [$0.header, $0.length] } == expected)
    }

    @Test(
        "that no daemon of Jet writes are errors",
        arguments: [
            [0x81, 0x85], [0x01, 5], [0x80, 5], [0xC1, 5], [0x83, 5], [0x81, 127, 255, 0, 0, 0, 0, 0, 0, 0],
        ]
            as [[UInt8]])
    func refused(bytes: [UInt8]) {
        #expect(throws: BenchError.self) { try bytes.withUnsafeBytes { try ServerFrame($0, framing: .webSocket) } }
    }
}
