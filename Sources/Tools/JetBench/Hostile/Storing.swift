import JetProtocol

/// *Stored values*, as large as messages can be.
final class Values: Attack {
    static let name = "values"
    static let summary = "15 MiB values added under new paths until they are refused, at most 2 GiB"
    private var peers: [HostilePeer] = []
    private var value: [UInt8] = []
    private var count = 0
    private var most = 0

    func prepare(_ scene: Scene) throws(BenchError) {
        most = scene.scaled(136)
        value = Array(repeating: UInt8(ascii: "x"), count: scene.scaled(15 << 20))
    }

    func turn(_ scene: Scene) throws(BenchError) {
        try scene.keep(&peers, 1)
        for peer in peers where peer.inFlight < 1 && count < most {
            let path = scene.naming.path(count)
            peer.send(
                Array(#"{"id":1,"method":"add","params":{"path":"\#(path)","value":""#.utf8) + value
                    + Array(#""}}"#.utf8))
            count += 1
        }
    }
}

/// *A disconnect* that leaves much to be removed.
final class Disconnect: Attack {
    static let name = "disconnect"
    static let summary = "a peer with 500,000 elements disconnects, again and again"

    func turn(_ scene: Scene) throws(BenchError) {
        guard let peer = try scene.attacker() else { return }
        let naming = scene.naming
        let add = Template(#"{"id":1,"method":"add","params":{"path":"\#(naming.path)","value":##########}}"#)
        try scene.exchange(scene.scaled(500_000), of: peer, ahead: 1024) { peer.send(add, $0, Naming.base + $0) }
        peer.close()
    }
}

/// *Messages* of the longest length that is allowed, and a byte more.
final class BigMessages: Attack {
    static let name = "big-messages"
    static let summary = "messages of 16 MiB: text, numbers, and one byte too many"
    private var peers: [HostilePeer] = []
    private var messages: [[UInt8]] = []
    private var next = 0

    func prepare(_ scene: Scene) throws(BenchError) {
        let size = scene.scaled(ProtocolLimits.messageSize, least: 1024)
        func message(_ size: Int, _ start: String, _ part: String, _ end: String) -> [UInt8] {
            let room = size - start.utf8.count - end.utf8.count
            let parts = Array(repeating: Array(part.utf8), count: room / part.utf8.count).joined()
            return Array(start.utf8) + Array(parts) + Array(end.utf8)
        }
        let head = #"{"id":1,"method":"echo","params":"#
        messages = [
            message(size, head + "\"", "x", "\"}"), message(size, head + "[", "1,", "1]}"),
            message(size, head + "[", "[[[]]],", "1]}"),
        ]
        if size == ProtocolLimits.messageSize { messages.append(message(size + 1, head + "\"", "x", "\"}")) }
    }

    func turn(_ scene: Scene) throws(BenchError) {
        try scene.keep(&peers, 2)
        for peer in peers where peer.inFlight < 1 {
            peer.send(messages[next % messages.count])
            next += 1
        }
    }
}

/// *Batches* of very many messages.
final class Batches: Attack {
    static let name = "batches"
    static let summary = "batches of 100,000 echoes, gets and changes"
    private var peers: [HostilePeer] = []
    private var batches: [[UInt8]] = []
    private var add: [UInt8] = []
    private var count = 0
    private var next = 0

    func prepare(_ scene: Scene) throws(BenchError) {
        count = scene.scaled(100_000)
        let path = scene.naming.path(0)
        add = Array(#"{"id":1,"method":"add","params":{"path":"\#(path)","value":0}}"#.utf8)
        batches = [
            #"{"id":1,"method":"echo"}"#,
            #"{"id":1,"method":"get","params":{"path":{"equals":"\#(path)"}}}"#,
            #"{"id":1,"method":"change","params":{"path":"\#(path)","value":1}}"#,
        ].map { request in
            Array("[\(request)".utf8) + Array(repeating: Array(",\(request)".utf8), count: count - 1).joined()
                + Array("]".utf8)
        }
    }

    func turn(_ scene: Scene) throws(BenchError) {
        try scene.keep(&peers, 1)
        for peer in peers where peer.inFlight == 0 {
            if peer.sent == 0 { peer.send(add) }
            peer.send(batches[next % batches.count], answers: count)
            next += 1
        }
    }
}
