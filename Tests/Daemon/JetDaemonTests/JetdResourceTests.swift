import Glibc
import JetProtocol
import TestSupport
import Testing

/// What hostile and clumsy peers cost `jetd`: measured from outside, by what the system knows of the process.
@Suite("What jetd needs", .timeLimit(.minutes(5)))
struct JetdResourceTests {
    @Test("headers that claim 4 GB cost nothing")
    func fourGigabytes() async throws {
        try await withJetd { jetd in
            let grown = try jetd.growth {
                for _ in 0..<50 {
                    let peer = try RawPeer(jetd.endpoints[1])
                    try? peer.write([UInt8](repeating: 0xFF, count: 100_000))
                    try? peer.hearEnd()
                }
            }
            #expect(grown < 8 << 10, "\(grown) KiB")
        }
    }

    @Test("of a message that is announced, only what has come takes memory")
    func announced() async throws {
        try await withJetd { jetd in
            let peers = try (0..<200).map { _ in try RawPeer(jetd.endpoints[1]) }
            let grown = try jetd.growth { for peer in peers { try peer.write([0, 0xFF, 0xFF, 0xFF, 0x20]) } }
            #expect(grown < 8 << 10, "\(grown) KiB for 200 times 16 MB announced")
        }
    }

    @Test("100 MB of answers that nobody reads are not made")
    func unreadAnswers() async throws {
        try await withJetd { jetd in
            let owner = try RawPeer(jetd.endpoints[0])
            try owner.addStates(1, padding: 100_000)
            let peer = try RawPeer(jetd.endpoints[0])
            let grown = try jetd.growth {
                try peer.write((0..<1000).flatMap { RawPeer.framed(#"{"id":\#($0),"method":"get"}"#) })
            }
            #expect(grown < 40 << 10, "\(grown) KiB")
        }
    }

    @Test("100 MB of changes that nobody reads are not kept")
    func unreadChanges() async throws {
        try await withJetd { jetd in
            let publisher = try RawPeer(jetd.endpoints[0])
            try publisher.addStates(10)
            let slow = try RawPeer(jetd.endpoints[1], receiveBuffer: 4096)
            _ = try slow.ask(#"{"id":1,"method":"fetch","params":{"id":"f"}}"#)
            let padding = String(repeating: "x", count: 10_000)
            let grown = try jetd.growth {
                for number in 0..<10_000 {
                    try publisher.say(
                        #"{"method":"change","params":{"path":"state/\#(number % 10)","value":[\#(number),"\#(padding)"]}}"#
                    )
                }
                _ = try publisher.ask(#"{"id":1,"method":"echo"}"#)
            }
            #expect(grown < 40 << 10, "\(grown) KiB")
        }
    }

    @Test("2,000 connections that came and went leave no descriptor behind")
    func descriptors() async throws {
        try await withJetd { jetd in
            try expectService(at: jetd.endpoints[0])
            let witness = try RawPeer(jetd.endpoints[0])
            _ = try witness.ask(#"{"id":1,"method":"echo"}"#)
            let before = try jetd.descriptors()
            for _ in 0..<20 {
                let peers = try (0..<100).map { try RawPeer(jetd.endpoints[$0 % 2]) }
                for (number, peer) in peers.enumerated() {
                    switch number % 4 {
                    case 0: peer.close()
                    case 1: try peer.reset()
                    case 2: try peer.say(#"{"id":1,"method":"echo"}"#)
                    default: try peer.write([0xFF, 0xFF, 0xFF, 0xFF])
                    }
                }
            }
            try eventually { try jetd.descriptors() <= before }
            let answer = try witness.ask(#"{"id":1,"method":"echo"}"#)
            #expect(answer == #"{"id":1,"result":true}"#)
        }
    }

    @Test("when it has no descriptor left, it serves those who are there, and others later")
    func outOfDescriptors() async throws {
        try await withFolder { folder in
            // More than the system permits, so that the daemon does not refuse any itself.
            try write("[quotas]\nconnections = 1000\n", to: "\(folder)/jetd.toml")
            try await outOfDescriptors(["--config", "\(folder)/jetd.toml"])
        }
    }

    private func outOfDescriptors(_ arguments: [String]) async throws {
        try await withJetd(arguments, by: ["/usr/bin/prlimit", "--nofile=40:40"]) { jetd in
            let witness = try RawPeer(jetd.endpoints[0])
            _ = try witness.ask(#"{"id":1,"method":"echo"}"#)
            var peers = try (0..<60).map { try RawPeer(jetd.endpoints[$0 % 2]) }
            // Those are the first to be accepted, and the last to be.
            _ = try peers[0].ask(#"{"id":1,"method":"echo"}"#)
            try peers[59].say(#"{"id":1,"method":"echo"}"#)
            // It says so, and does not try again and again.
            try eventually { jetd.errors.contains("cannot accept connections") }
            let answer = try witness.ask(#"{"id":2,"method":"echo"}"#)
            #expect(answer == #"{"id":2,"result":true}"#)
            let last = peers.removeLast()
            for peer in peers { peer.close() }
            let late = try last.hear()
            #expect(late == #"{"id":1,"result":true}"#)
            try expectService(at: jetd.endpoints[0])
        }
    }
}

extension Jetd {
    /// By how many KiB `body` makes the daemon's memory grow, once the daemon has come to rest.
    fileprivate func growth(_ body: () throws -> Void) throws -> Int {
        // What everybody's first message costs has been paid before.
        try expectService(at: endpoints[0])
        let before = try residentMemory()
        try body()
        // Whoever is answered comes behind all that was sent before, for the daemon reads from all in turn.
        for _ in 0..<10 { try expectService(at: endpoints[0]) }
        return try residentMemory() - before
    }
}
