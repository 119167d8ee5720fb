import JetProtocol
import Testing

/// A conversation of some peers with the daemon, byte by byte.
///
/// A line holds who speaks or hears, the direction, the frame's header in hexadecimal digits, and the message:
///
///     user  > 0000001E {"id":1,"method":"echo"}
///     user  < 00000016 {"id":1,"result":true}
///
/// Empty lines and those that start with `#` are for the reader. Lines are played from top to bottom; a peer connects
/// when it is first named.
struct Conversation {
    let lines: [Line]

    struct Line {
        let number: Int
        let peer: String
        /// Whether the peer writes these bytes; else it must read them.
        let isSpoken: Bool
        let bytes: [UInt8]
    }

    struct BadLine: Error {
        let number: Int
    }

    init(_ text: String) throws {
        lines = try text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
            number, line in
            guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
            let parts = line.split(separator: " ", maxSplits: 3)
            guard parts.count >= 3, parts[1] == ">" || parts[1] == "<", parts[2].utf8.count == 8,
                let header = UInt32(parts[2], radix: 16)
            else { throw BadLine(number: number + 1) }
            return Line(
                number: number + 1, peer: String(parts[0]), isSpoken: parts[1] == ">",
                bytes: withUnsafeBytes(of: header.bigEndian) { Array($0) } + Array(parts.dropFirst(3).joined().utf8))
        }
    }

    /// Plays it against the daemon at `endpoint`.
    func play(at endpoint: Endpoint) throws {
        var peers: [String: RawPeer] = [:]
        for line in lines {
            let peer = try peers[line.peer] ?? RawPeer(endpoint)
            peers[line.peer] = peer
            if line.isSpoken {
                try peer.write(line.bytes)
            } else {
                let heard = Array(try peer.read(line.bytes.count))
                let text = String(decoding: heard.dropFirst(4), as: UTF8.self)
                #expect(text == String(decoding: line.bytes.dropFirst(4), as: UTF8.self), "line \(line.number)")
                #expect(heard.prefix(4) == line.bytes.prefix(4), "the header of line \(line.number)")
            }
        }
        for (name, peer) in peers {
            let last = try peer.ask(#"{"id":"last","method":"echo"}"#)
            #expect(last == #"{"id":"last","result":true}"#, "\(name) has been told more than the conversation says")
        }
    }
}
