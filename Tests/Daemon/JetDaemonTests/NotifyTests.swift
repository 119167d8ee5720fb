import Glibc
import JSONText
import JetUsers
import TestSupport
import Testing

/// What the service manager hears of `jetd`: a datagram socket stands in for it.
@Suite("jetd and the service manager", .timeLimit(.minutes(5)))
struct NotifyTests {
    @Test("it is ready when it serves, with a status, and says when it stops")
    func life() async throws {
        try await withNotifyingJetd { jetd, manager in
            try eventually { manager.lines.contains("READY=1") }
            for endpoint in jetd.endpoints { try expectService(at: endpoint) }
            #expect(manager.lines.prefix(2) == ["READY=1", "STATUS=0 peers, 0 states, 0 methods"])
            jetd.send(SIGTERM)
            let status = try jetd.end()
            #expect(status == 0)
            #expect(manager.lines.suffix(2) == ["STOPPING=1", "STATUS=answering what is still pending"])
            // Nobody waits for a ping that no interval was named for.
            #expect(manager.count("WATCHDOG=1") == 0)
        }
    }

    @Test("its status is how many there are on the bus, once it has stood for a while")
    func status() async throws {
        try await withNotifyingJetd { jetd, manager in
            let peers = [try RawPeer(jetd.endpoints[0]), try RawPeer(jetd.endpoints[1])]
            try peers[0].addStates(340)
            _ = try peers[1].ask(#"{"id":1,"method":"add","params":{"path":"m"}}"#)
            try eventually { manager.lines.last == "STATUS=2 peers, 340 states, 1 method" }
        }
    }

    @Test("a reload is announced, and READY says that it is over, whatever came of it")
    func reload() async throws {
        try await withFolder { folder in
            let users = try TestUsers(in: folder)
            try await withNotifyingJetd(["--users", users.file.path]) { jetd, manager in
                try eventually { manager.count("READY=1") == 1 }
                jetd.send(SIGHUP)
                try eventually { manager.count("READY=1") == 2 }
                let lines = manager.lines
                #expect(lines.count { $0.hasPrefix("MONOTONIC_USEC=") } == 1)
                #expect(
                    lines.filter { !$0.hasPrefix("MONOTONIC_USEC=") } == [
                        "READY=1", "STATUS=0 peers, 0 states, 0 methods",
                        "RELOADING=1", "STATUS=reading the configuration",
                        "READY=1", "STATUS=0 peers, 0 states, 0 methods",
                    ])
                users.write("{")
                jetd.send(SIGHUP)
                try eventually { manager.count("READY=1") == 3 }
                #expect(manager.lines.last?.hasPrefix("STATUS=not reloaded: ") == true)
            }
        }
    }

    @Test("it pings several times in the interval that the manager waits, and not at all while it is stopped")
    func watchdog() async throws {
        try await withNotifyingJetd(interval: .milliseconds(150)) { jetd, manager in
            try eventually { manager.count("WATCHDOG=1") >= 5 }
            jetd.send(SIGSTOP)
            // Once the system says that it is stopped, what it has said is all here.
            try eventually { try contents(of: "/proc/\(jetd.pid)/stat").contains(") T ") }
            let count = manager.count("WATCHDOG=1")
            usleep(600_000)
            #expect(manager.count("WATCHDOG=1") == count)
            jetd.send(SIGCONT)
            try eventually { manager.count("WATCHDOG=1") > count }
        }
    }

    @Test("it pings, and says how it fares, when it has no descriptor left")
    func outOfDescriptors() async throws {
        try await withFolder { folder in
            // More than the system permits, so that the daemon does not refuse any itself.
            try write("[quotas]\nconnections = 1000\n", to: "\(folder)/jetd.toml")
            try await outOfDescriptors(["--config", "\(folder)/jetd.toml"])
        }
    }

    private func outOfDescriptors(_ arguments: [String]) async throws {
        try await withNotifyingJetd(
            arguments, by: ["/usr/bin/prlimit", "--nofile=40:40"], interval: .milliseconds(150)
        ) { jetd, manager in
            var peers = try (0..<60).map { _ in try RawPeer(jetd.endpoints[0]) }
            try eventually { jetd.errors.contains("cannot accept connections") }
            let count = manager.count("WATCHDOG=1")
            try eventually { manager.count("WATCHDOG=1") > count + 5 }
            try eventually { manager.lines.last { $0.hasPrefix("STATUS=") } != "STATUS=0 peers, 0 states, 0 methods" }
            while let peer = peers.popLast() { peer.close() }
        }
    }

    @Test("the pings leave no trace on the bus")
    func unseen() async throws {
        try await withNotifyingJetd(interval: .milliseconds(30)) { jetd, manager in
            let peer = try RawPeer(jetd.endpoints[0])
            let before = try peer.askValue(#"{"id":1,"method":"info"}"#)["result"]?["statistics"]
            let count = manager.count("WATCHDOG=1")
            try eventually { manager.count("WATCHDOG=1") > count + 10 }
            let after = try peer.askValue(#"{"id":1,"method":"info"}"#)["result"]?["statistics"]
            #expect(before?["peers"] == 1 && after?["peers"] == 1)
            #expect(before?["messages"] == 1 && after?["messages"] == 2)
            #expect(manager.lines.allSatisfy { !$0.hasPrefix("STATUS=2") })
        }
    }
}

/// Runs `jetd` with a service manager of the test's own.
///
/// - Parameter interval: How long the manager waits for pings; `nil` if it does not.
private func withNotifyingJetd(
    _ arguments: [String] = [], by runner: [String] = [], interval: Duration? = nil,
    _ body: @escaping @Sendable (Jetd, NotifySocket) throws -> Void
) async throws {
    let manager = try NotifySocket()
    var environment = ["NOTIFY_SOCKET": manager.path]
    if let interval { environment["WATCHDOG_USEC"] = "\(Int(interval / .microseconds(1)))" }
    try await withFolder { [environment] folder in
        try await onOwnThread {
            let jetd = try Jetd(
                ["--unix-path", "\(folder)/jet.sock", "--tcp-port", "0"] + arguments, by: runner,
                environment: environment)
            try body(jetd, manager)
        }
    }
}
