import Glibc
import JSONText
import JetProtocol
import TestSupport
import Testing

/// `jetd` with sockets that the service manager has opened.
@Suite("jetd: sockets handed over", .timeLimit(.minutes(5)))
struct SocketActivationTests {
    /// Runs something that blocks with a folder and sockets to hand over.
    private func withHandover(_ body: @escaping @Sendable (String, Handover) throws -> Void) async throws {
        try await withFolder { folder in try await onOwnThread { try body(folder, Handover()) } }
    }

    @Test("any mix of them is served, each as its name says, and nothing else")
    func mix() async throws {
        try await withHandover { folder, handover in
            let endpoints = [
                try handover.tcp(), try handover.unix("\(folder)/jet.sock"), try handover.web(),
                try handover.unix("\(folder)/second.sock"),
            ]
            let jetd = try handover.jetd()
            #expect(jetd.endpoints == endpoints)
            for endpoint in endpoints where endpoint != endpoints[2] { try expectService(at: endpoint) }
            let peer = try WebSocketPeer(endpoints[2])
            let answer = try peer.ask(#"{"id":1,"method":"echo"}"#)
            #expect(answer == JetdTests.answer)
        }
    }

    @Test("sockets of IPv6 are served, and their addresses printed with brackets", .enabled { Self.hasIPv6 })
    func six() async throws {
        try await withHandover { _, handover in
            let endpoints = [try handover.tcp("::1"), try handover.tcp("127.0.0.1")]
            let jetd = try handover.jetd()
            #expect(jetd.endpoints == endpoints)
            #expect(jetd.output.hasPrefix("listening tcp://[::1]:"))
            for endpoint in endpoints { try expectService(at: endpoint) }
        }
    }

    private static var hasIPv6: Bool { (try? Handover().tcp("::1")) != nil }

    @Test("who has connected before the daemon started is served, and so is who connects between two of them")
    func queue() async throws {
        try await withHandover { folder, handover in
            let endpoints = [try handover.unix("\(folder)/jet.sock"), try handover.tcp()]
            for _ in 1...2 {
                let early = try endpoints.map { try RawPeer($0) }
                for peer in early { try peer.say(JetdTests.echo) }
                let jetd = try handover.jetd()
                for peer in early {
                    let answer = try peer.hear()
                    #expect(answer == JetdTests.answer)
                }
                jetd.send(SIGTERM)
                let status = try jetd.end()
                #expect(status == 0)
            }
            #expect(access("\(folder)/jet.sock", F_OK) == 0, "the file is the service manager's")
        }
    }

    @Test("what is said on the command line comes on top of them; what the configuration says does not")
    func additional() async throws {
        try await withHandover { folder, handover in
            let endpoint = try handover.tcp()
            let own = Endpoint.unix(path: "\(folder)/own.sock")
            try write("[listen]\nunix = \"\(folder)/other.sock\"\n", to: "\(folder)/jetd.toml")
            let jetd = try handover.jetd(["--config", "\(folder)/jetd.toml", "--unix-path", "\(folder)/own.sock"])
            #expect(Set(jetd.endpoints) == [endpoint, own])
            for endpoint in jetd.endpoints { try expectService(at: endpoint) }
        }
    }

    @Test("what cannot be served is named in the log, and the others are served")
    func misfits() async throws {
        try await withHandover { folder, handover in
            try handover.unix("\(folder)/a.sock", name: "tcp")
            _ = try handover.tcp(name: "unix")
            _ = try handover.tcp(name: "gateway")
            _ = try handover.tcp(name: "jetd-mqtt.socket")
            handover.add(open("/dev/null", O_RDWR | O_CLOEXEC), name: "web")
            handover.add(socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0), name: "web")
            handover.add(socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0), name: "web")
            let endpoint = try handover.unix("\(folder)/jet.sock")
            let jetd = try handover.jetd()
            #expect(jetd.endpoints == [endpoint])
            try expectService(at: endpoint)
            for reason in [
                "'tcp' must be a TCP socket", "'unix' must be a unix socket", "'gateway' must be a unix socket",
                "socket name 'jetd-mqtt.socket'",
                "'web' is not a stream socket", "'web' does not listen",
            ] {
                #expect(jetd.errors.contains(reason), "\(reason)")
            }
        }
    }

    @Test("when none of them can be served, it ends with 1")
    func none() async throws {
        try await withHandover { _, handover in
            _ = try handover.tcp(name: "what")
            let (runner, environment) = handover.start
            let process = try ChildProcess(
                runner[0], runner.dropFirst() + [ChildProcess.path(ofProduct: "jetd")], environment: environment,
                descriptors: handover.descriptors)
            let status = try block { try await process.end() }
            #expect(status == 1)
            #expect(process.text(.error).contains("none of the sockets from systemd can be served"))
        }
    }

    @Test("when they cannot be told apart, it ends with 1, and does not listen elsewhere instead")
    func confusion() async throws {
        try await withHandover { _, handover in
            _ = try handover.tcp()
            let (runner, usual) = handover.start
            let environment = usual.merging(["LISTEN_FDNAMES": "unix:tcp:web"]) { $1 }
            let process = try ChildProcess(
                runner[0], runner.dropFirst() + [ChildProcess.path(ofProduct: "jetd")], environment: environment,
                descriptors: handover.descriptors)
            let status = try block { try await process.end() }
            #expect(status == 1)
            #expect(process.text(.error).contains("cannot receive the sockets from systemd"))
            #expect(process.text().isEmpty)
        }
    }

    @Test("what is granted to who runs a peer holds on a socket that was handed over, too")
    func grants() async throws {
        try await withHandover { folder, handover in
            let endpoint = try handover.unix("\(folder)/jet.sock")
            // Who connects before the daemon is there is known as well.
            let early = try RawPeer(endpoint)
            let jetd = try handover.jetd(["--grant", "user:\(geteuid())=ops"])
            try early.add("secret", for: "ops")
            let paths = try early.paths()
            #expect(paths == ["secret"])
            jetd.send(SIGTERM)
            let status = try jetd.end()
            #expect(status == 0)
        }
    }
}

/// Makes a file.
func write(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    guard Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count else {
        throw RawPeer.Failure.system(errno)
    }
}
