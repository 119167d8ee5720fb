import JSONText
import JetBus
import JetProtocol
import Testing

/// The hot path from end to end: one publishes without waiting, one listens.
@Suite("A stream of changes", .timeLimit(.minutes(5)))
struct StreamTests {
    @Test("50,000 changes by a pipelining publisher all arrive, in their order", arguments: [false, true])
    func changes(byTCP: Bool) async throws {
        try await withWitness { daemon in
            try streamChanges(50_000, at: byTCP ? daemon.tcp : daemon.unix)
            let statistics = try daemon.statistics()
            #expect(statistics.conflated == 0)
        }
    }
}

/// Lets a publisher make so many changes to a State, as fast as it can, and a subscriber hear all of them.
func streamChanges(_ count: Int, at endpoint: Endpoint) throws {
    let publisher = try RawPeer(endpoint)
    _ = try publisher.ask(#"{"id":1,"method":"add","params":{"path":"a","value":0}}"#)
    let subscriber = try RawPeer(endpoint)
    _ = try subscriber.ask(#"{"id":1,"method":"fetch","params":{"id":"f","path":{"equals":"a"}}}"#)
    _ = try subscriber.hear()
    let changes = (1...count).flatMap {
        RawPeer.framed(#"{"method":"change","params":{"path":"a","value":\#($0)}}"#)
    }
    let publishing = Background {
        try publisher.write(changes)
        _ = try publisher.ask(#"{"id":2,"method":"echo"}"#)
    }
    for value in 1...count {
        let heard = try subscriber.hear()
        guard heard == #"{"method":"f","params":{"path":"a","event":"change","value":\#(value)}}"# else {
            Issue.record("\(heard) instead of \(value)")
            break
        }
    }
    try publishing.wait()
}
