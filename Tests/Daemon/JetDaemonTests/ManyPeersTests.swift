import Glibc
import JetBus
import JetProtocol
import Testing

/// Peers that come and go in numbers.
@Suite("Many peers", .timeLimit(.minutes(5)))
struct ManyPeersTests {
    @Test("nothing is left of 2,000 peers that came, added, fetched, asked, and went")
    func comeAndGo() async throws {
        try await withWitness { daemon in
            let before = try daemon.statistics()
            for round in 0..<20 {
                var peers: [RawPeer] = []
                for number in 0..<100 {
                    let peer = try RawPeer(number.isMultiple(of: 2) ? daemon.unix : daemon.tcp)
                    try peer.write(
                        RawPeer.framed(#"{"id":1,"method":"add","params":{"path":"p/\#(number)","value":0}}"#)
                            + RawPeer.framed(#"{"id":2,"method":"add","params":{"path":"m/\#(number)"}}"#)
                            + RawPeer.framed(
                                #"{"id":3,"method":"fetch","params":{"id":"f","path":{"startsWith":"p/"}}}"#)
                            + RawPeer.framed(#"{"id":4,"method":"call","params":{"path":"m/\#(number / 2)"}}"#))
                    peers.append(peer)
                }
                try daemon.wait { $0.fetchers == 100 && $0.elements == 200 }
                // Some go in an orderly way, some are reset, in another order than they came.
                while let peer = peers.isEmpty ? nil : peers.remove(at: peers.count * 7 / 11) {
                    if peers.count.isMultiple(of: 3) { try peer.reset() } else { peer.close() }
                }
                try daemon.wait { $0.peers == before.peers }
                let now = try daemon.statistics()
                #expect(
                    [now.elements, now.fetchers, now.pendingRequests] == [0, 0, 0], "after round \(round)")
            }
        }
    }
}
