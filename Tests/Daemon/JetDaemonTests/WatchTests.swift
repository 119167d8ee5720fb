import Glibc
import JetBus
import JetDaemon
import Synchronization
import Testing

/// The watch on the bus: when it says that the daemon is alive, and when it does not.
@Suite("Watch", .timeLimit(.minutes(5)))
struct WatchTests {
    @Test("while the bus answers, each beat says so, whoever else is there")
    func alive() async throws {
        try await withDaemon { daemon in
            let beats = Count()
            try block { try await daemon.daemon.watch(every: .milliseconds(5)) { beats.increase() } }
            try eventually { beats.value >= 5 }
            let peer = try RawPeer(daemon.unix)
            try peer.addStates(1000)
            let before = beats.value
            try eventually { beats.value >= before + 5 }
            try daemon.expectService()
        }
    }

    @Test("while the loop hangs nothing is said")
    func hanging() async throws {
        try await withDaemon { daemon in
            let (beats, gate) = (Count(), Gate())
            try block { try await daemon.daemon.watch(every: .milliseconds(5)) { beats.increase() } }
            try eventually { beats.value >= 1 }
            // What is told on the loop holds it up.
            let telling = Background {
                try block { try await daemon.daemon.reportCensus(atMostEvery: .seconds(60)) { _ in gate.wait() } }
            }
            try eventually { gate.isReached }
            let count = beats.value
            usleep(200_000)
            #expect(beats.value == count)
            gate.open()
            try telling.wait()
            try eventually { beats.value > count }
        }
    }

    @Test("who asks is in no figure, and its place is free for the next peer")
    func uncounted() async throws {
        try await withDaemon { daemon in
            let beats = Count()
            let peer = try RawPeer(daemon.unix)
            _ = try peer.ask(#"{"id":1,"method":"echo"}"#)
            let before = try daemon.statistics()
            try block { try await daemon.daemon.watch(every: .milliseconds(1)) { beats.increase() } }
            for _ in 0..<200 {
                let statistics = try daemon.statistics()
                #expect(statistics == before)
            }
            try eventually { beats.value >= 20 }
        }
    }

    @Test("the census is told at once, and then when it has changed")
    func census() async throws {
        try await withDaemon { daemon in
            let log = Told()
            try block { try await daemon.daemon.reportCensus(atMostEvery: .milliseconds(10)) { log.note($0) } }
            #expect(log.all == [Bus.Counts()])
            let peer = try RawPeer(daemon.unix)
            try peer.addStates(10)
            _ = try peer.ask(#"{"id":1,"method":"add","params":{"path":"m"}}"#)
            try eventually { log.all.last?.states == 10 && log.all.last?.methods == 1 }
            #expect(log.all.last?.peers == 1)
            peer.close()
            try eventually { log.all.last == Bus.Counts() }
            for (one, next) in zip(log.all, log.all.dropFirst()) { #expect(one != next) }
        }
    }

    @Test("it is told no more often than agreed, whatever happens")
    func rest() async throws {
        try await withDaemon { daemon in
            let log = Told()
            try block { try await daemon.daemon.reportCensus(atMostEvery: .seconds(3600)) { log.note($0) } }
            try RawPeer(daemon.unix).addStates(10)
            try daemon.wait { $0.peers == 0 }
            #expect(log.all == [Bus.Counts()])
        }
    }
}

private final class Count: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func increase() { count.withLock { $0 += 1 } }
}

private final class Told: Sendable {
    private let list = Mutex<[Bus.Counts]>([])
    var all: [Bus.Counts] { list.withLock { $0 } }
    func note(_ census: Bus.Counts) { list.withLock { $0.append(census) } }
}

/// Holds up the thread that comes to it.
private final class Gate: Sendable {
    private let state = Mutex((isReached: false, isOpen: false))
    var isReached: Bool { state.withLock { $0.isReached } }
    func open() { state.withLock { $0.isOpen = true } }
    func wait() {
        state.withLock { $0.isReached = true }
        while !state.withLock({ $0.isOpen }) { usleep(1000) }
    }
}
