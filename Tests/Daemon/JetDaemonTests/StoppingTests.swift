import Glibc
import JSONText
import JetBus
import JetDaemon
import JetProtocol
import JetUsers
import Synchronization
import Testing

/// A daemon that is told to stop while peers wait for answers.
@Suite("Stopping", .timeLimit(.minutes(5)))
struct StoppingTests {
    static let addMethod = #"{"id":1,"method":"add","params":{"path":"m"}}"#
    static let call = #"{"id":"x","method":"call","params":{"path":"m","timeout":600}}"#

    @Test("a call whose owner answers a moment later has its answer")
    func answered() async throws {
        try await withDaemon({ $0.drainTimeout = 600_000 }) { daemon in
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(Self.addMethod)
            let caller = try RawPeer(daemon.tcp)
            try caller.say(Self.call)
            let id = try owner.hearValue()["id"]?.string ?? ""
            let stopping = try Stopping(daemon)
            usleep(100_000)
            #expect(!stopping.isOver)
            try owner.say(#"{"id":"\#(id)","result":[1]}"#)
            let answer = try caller.hear()
            #expect(answer == #"{"id":"x","result":[1]}"#)
            try expectEnd(of: [caller, owner])
            try stopping.wait()
        }
    }

    @Test("one whose owner never answers is told that the daemon stops, when patience ends")
    func unanswered() async throws {
        try await withDaemon({ $0.drainTimeout = 300 }) { daemon in
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(Self.addMethod)
            let caller = try RawPeer(daemon.tcp)
            try caller.say(Self.call)
            _ = try owner.hear()
            let stopping = try Stopping(daemon)
            let answer = try caller.hear()
            #expect(
                answer
                    == #"{"id":"x","error":{"code":-32002,"message":"Connection closed","data":{"daemonStopping":"m"}}}"#
            )
            try expectEnd(of: [caller, owner])
            try stopping.wait()
        }
    }

    @Test("of many that wait each one has its answer, whether the owner gives it or its deadline comes")
    func many() async throws {
        try await withDaemon({ $0.drainTimeout = 600_000 }) { daemon in
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(Self.addMethod)
            let callers = try (0..<20).map { _ in try RawPeer(daemon.unix) }
            for caller in callers {
                for id in 0..<50 {
                    let timeout = id % 10 == 9 ? 0.2 : 600
                    try caller.say(#"{"id":\#(id),"method":"call","params":{"path":"m","timeout":\#(timeout)}}"#)
                }
            }
            let requests = try (0..<1000).map { _ in try owner.hearValue() }
            let stopping = try Stopping(daemon)
            for request in requests {
                try owner.say(#"{"id":"\#(request["id"]?.string ?? "")","result":true}"#)
            }
            for caller in callers {
                var answered: Set<Int> = []
                for _ in 0..<50 { answered.insert(try caller.hearValue()["id"]?.int ?? -1) }
                #expect(answered == Set(0..<50))
            }
            try expectEnd(of: callers + [owner])
            try stopping.wait()
        }
    }

    @Test("what is asked meanwhile is served, but not waited for")
    func late() async throws {
        try await withDaemon({ $0.drainTimeout = 600_000 }) { daemon in
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(Self.addMethod)
            let caller = try RawPeer(daemon.tcp)
            try caller.say(Self.call)
            let first = try owner.hearValue()["id"]?.string ?? ""
            let stopping = try Stopping(daemon)
            // Now the daemon has taken down what is owed, and reads from its peers.
            let echo = try caller.ask(#"{"id":1,"method":"echo"}"#)
            #expect(echo == #"{"id":1,"result":true}"#)
            usleep(10_000)
            try caller.say(#"{"id":"late","method":"call","params":{"path":"m"}}"#)
            _ = try owner.hear()
            try owner.say(#"{"id":"\#(first)","result":true}"#)
            let answers = [try caller.hearValue(), try caller.hearValue()]
            #expect(answers.first?["result"] == true)
            #expect(answers.last?["id"] == "late")
            #expect(answers.last?["error"]?["data"] == ["daemonStopping": "m"])
            try expectEnd(of: [caller, owner])
            try stopping.wait()
        }
    }

    @Test("who has just been asked for a password hears whether it was right")
    func authenticating() async throws {
        try await withFolder { folder in
            let users = try TestUsers(in: folder)
            // It takes a while to check.
            let hash = try Crypt.hash(Secret("slow"), by: Crypt.Method(prefix: "$5$", cost: 200_000))
            try users.file.update { $0["snail"] = User(hash: hash, groups: Groups(), isAdmin: false) }
            try await withDaemon({
                $0.users = users.file.path
                $0.drainTimeout = 600_000
            }) { daemon in
                let peer = try RawPeer(daemon.unix)
                try peer.say(
                    #"{"id":1,"method":"authenticate","params":{"user":"snail","password":"slow"}}"#)
                try daemon.wait { $0.messages == 1 }
                let stopping = try Stopping(daemon)
                let answer = try peer.hearValue()
                #expect(answer["id"] == 1 && answer["result"] != nil)
                try expectEnd(of: [peer])
                try stopping.wait()
            }
        }
    }

    @Test("with nothing pending nobody's patience matters, however many are connected")
    func idle() async throws {
        try await withDaemon({ $0.drainTimeout = 600_000 }) { daemon in
            let peers = try (0..<20).map { _ in try RawPeer(daemon.unix) }
            for peer in peers { _ = try peer.ask(#"{"id":1,"method":"echo"}"#) }
            // A call without an id wants no answer.
            _ = try peers[0].ask(Self.addMethod)
            try peers[1].say(#"{"method":"call","params":{"path":"m"}}"#)
            _ = try peers[0].hear()
            let stopping = try Stopping(daemon)
            try expectEnd(of: peers)
            try stopping.wait()
        }
    }

    @Test("a caller that has gone is not waited for")
    func callerGone() async throws {
        try await withDaemon({ $0.drainTimeout = 600_000 }) { daemon in
            let owner = try RawPeer(daemon.unix)
            _ = try owner.ask(Self.addMethod)
            let caller = try RawPeer(daemon.unix)
            try caller.say(Self.call)
            _ = try owner.hear()
            let stopping = try Stopping(daemon)
            caller.close()
            try expectEnd(of: [owner])
            try stopping.wait()
        }
    }

    @Test("a second signal ends a daemon at once that waits for answers", arguments: [SIGTERM, SIGINT])
    func secondSignal(signal: Int32) async throws {
        try await withJetd { jetd in
            let owner = try RawPeer(jetd.endpoints[0])
            _ = try owner.ask(Self.addMethod)
            try owner.say(#"{"id":"x","method":"call","params":{"path":"m","timeout":600}}"#)
            _ = try owner.hear()
            jetd.send(SIGTERM)
            if case .unix(let path) = jetd.endpoints[0] { try eventually { access(path, F_OK) != 0 } }
            jetd.send(signal)
            let status = try jetd.end()
            #expect(status == 128 + signal)
        }
    }
}

/// A daemon's end, under way on a thread of its own.
private struct Stopping: Sendable {
    private let background: Background<Void>
    private let over = Flag()

    /// Begins it, and waits until the daemon does not listen any more.
    init(_ daemon: TestDaemon) throws {
        background = Background { [over] in
            try block { await daemon.daemon.stop() }
            over.value.withLock { $0 = true }
        }
        guard case .unix(let path) = daemon.unix else { return }
        try eventually { access(path, F_OK) != 0 }
    }

    /// Whether the daemon has ended.
    var isOver: Bool { over.value.withLock { $0 } }

    /// Waits for the daemon's end.
    func wait() throws { try background.wait() }

    private final class Flag: Sendable {
        let value = Mutex(false)
    }
}

/// The daemon closes these, and says nothing more. They close then, too, so that it need not wait for that.
private func expectEnd(of peers: [RawPeer]) throws {
    for peer in peers {
        let isAtEnd = try peer.isAtEnd()
        #expect(isAtEnd)
        peer.close()
    }
}
