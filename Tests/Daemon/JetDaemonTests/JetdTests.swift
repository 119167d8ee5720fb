import Glibc
import JSONText
import JetProtocol
import TestSupport
import Testing

/// `jetd` as a program: what it prints, how it ends, and who can run it.
@Suite("jetd", .timeLimit(.minutes(5)))
struct JetdTests {
    static let echo = #"{"id":1,"method":"echo"}"#
    static let answer = #"{"id":1,"result":true}"#

    @Test("started without standard input and error, it puts nothing else in their places, and ends on SIGTERM")
    func closedStreams() async throws {
        try await withJetd(by: ["/bin/sh", "-c", #"exec "$0" "$@" <&- 2>&-"#]) { jetd in
            try expectService(at: jetd.endpoints[0])
            for descriptor in [0, 2] {
                var path = [CChar](repeating: 0, count: 256)
                let length = readlink("/proc/\(jetd.pid)/fd/\(descriptor)", &path, path.count)
                #expect(String(decoding: path.prefix(max(0, length)).map(UInt8.init), as: UTF8.self) == "/dev/null")
            }
            jetd.send(SIGTERM)
            let status = try jetd.end()
            #expect(status == 0)
        }
    }

    @Test("it prints where it listens, and serves there")
    func endpoints() async throws {
        try await withJetd { jetd in
            let lines = jetd.output.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.first?.hasPrefix("listening unix:/") == true)
            #expect(lines.last?.hasPrefix("listening tcp://127.0.0.1:") == true)
            #expect(lines.last?.hasSuffix(":0") == false)
            for endpoint in jetd.endpoints { try expectService(at: endpoint) }
        }
    }

    @Test(
        "SIGTERM and SIGINT end it with 0 while peers are connected, whatever these do", arguments: [SIGTERM, SIGINT])
    func signals(signal: Int32) async throws {
        try await withJetd { jetd in
            let polite = try RawPeer(jetd.endpoints[0])
            _ = try polite.ask(Self.echo)
            let deaf = try RawPeer(jetd.endpoints[1], receiveBuffer: 4096)
            try deaf.addStates(1, padding: 8 << 20)
            try deaf.say(#"{"id":1,"method":"get"}"#)
            let start = ContinuousClock.now
            jetd.send(signal)
            let isAtEnd = try polite.isAtEnd()
            #expect(isAtEnd)
            let status = try jetd.end()
            #expect(status == 0)
            // A second of patience; the rest is for a busy machine.
            #expect(ContinuousClock.now - start < .seconds(10))
            if case .unix(let path) = jetd.endpoints[0] { #expect(access(path, F_OK) != 0) }
        }
    }

    @Test("a second one at the same place ends with 1 and a sentence that says what to do")
    func second() async throws {
        try await withJetd { jetd in
            guard case .unix(let path) = jetd.endpoints[0], case .tcp(_, let port) = jetd.endpoints[1] else { return }
            let byPath = try Jetd.run(["--unix-path", path, "--log-level", "error"])
            #expect(byPath.status == 1)
            #expect(byPath.output == "")
            #expect(
                byPath.errors
                    == "jetd: cannot listen at unix:\(path): another daemon uses it; choose another path with --unix-path\n"
            )
            let byPort = try Jetd.run(["--tcp-port", "\(port)", "--log-level", "error"])
            #expect(byPort.status == 1)
            #expect(
                byPort.errors
                    == "jetd: cannot listen at tcp://127.0.0.1:\(port): the port is in use, perhaps by another jetd; choose another one with --tcp-port\n"
            )
            for endpoint in jetd.endpoints { try expectService(at: endpoint) }
        }
    }

    @Test("one that was killed leaves a socket that the next one replaces")
    func killed() async throws {
        try await withFolder { folder in
            try await onOwnThread {
                let path = "\(folder)/jet.sock"
                let first = try Jetd(["--unix-path", path])
                first.send(SIGKILL)
                let status = try first.end()
                #expect(status == 128 + SIGKILL)
                let second = try Jetd(["--unix-path", path])
                try expectService(at: second.endpoints[0])
            }
        }
    }

    @Test("--help and --version print and end with 0", arguments: ["--help", "-h", "--version"])
    func help(option: String) async throws {
        try await onOwnThread {
            let run = try Jetd.run([option])
            #expect(run.status == 0)
            #expect(run.output.hasPrefix(option == "--version" ? "jetd " : "OVERVIEW: The Jet daemon"))
            #expect(run.errors == "")
        }
    }

    @Test(
        "a wrong command line ends with 2 and a line that says what is wrong",
        arguments: [
            (["--prot", "1"], "Unknown option '--prot'"), (["serve"], "Unexpected argument 'serve'"),
            (["--tcp-prot", "1"], "Did you mean '--tcp-port'?"), (["--tcp-port"], "Missing value for '--tcp-port"),
            (["--tcp-port", "65536"], "a port number from 0 to 65535"),
            (["--tcp-port=-1"], "a port number from 0 to 65535"), (["--unix-path", "jet.sock"], "absolute path"),
            (["--unix-path", "/" + String(repeating: "x", count: 107)], "at most 107 bytes"),
            (["--ws-port", "x"], "'--ws-port <port>': write a port number"),
            (["--ws-ping-ms", "-1"], "from 0 to 3600000"), (["--message-limit", "1"], "from 1024 to 1073741824"),
            (["--log-level", "loud"], "trace, debug"), (["--ws-allow-origin", "panel.example"], "scheme://host"),
            (["--ws-allow-origin", "http://a/b"], "without a path"), (["--grant", "john=a"], "user:NAME=GROUP"),
            (["--grant", "user:john=a,,b"], "user:NAME=GROUP"), (["--users", ""], "the name of a file"),
            (["--config", ""], "the name of a file"), (["--config="], "Missing value for '--config"),
            (["--check-config=1"], "does not take any value"),
            (["--generate-completion-script", "shell"], "bash fish"), ([""], "Unexpected argument ''"),
        ])
    func usage(arguments: [String], complaint: String) async throws {
        try await onOwnThread {
            let run = try Jetd.run(arguments)
            #expect(run.status == 2)
            #expect(run.output == "")
            #expect(run.errors.hasPrefix("jetd: "))
            #expect(run.errors.contains(complaint))
            #expect(run.errors.hasSuffix(" See 'jetd --help'.\n"))
            #expect(run.errors.split(separator: "\n").count == 1)
        }
    }

    @Test("--name and --message-limit reach the bus")
    func options() async throws {
        try await withJetd(["--name", "kitchen", "--message-limit=2048"]) { jetd in
            let peer = try RawPeer(jetd.endpoints[0])
            let info = try peer.askValue(#"{"id":1,"method":"info"}"#)
            #expect(info["result"]?["name"] == "kitchen")
            try peer.write([0, 0, 8, 1])
            let error = try peer.hearValue()
            #expect(error["error"]?["data"] == ["limit": "messageSize", "max": 2048])
        }
    }

    @Test(
        "without options it listens in the runtime directory and at 11122 and 11123: as root, as a user, as one without a directory",
        .enabled("needs root, to be others and to have a network of its own") { await Alone.isPossible() },
        arguments: Alone.Case.allCases)
    func defaults(of who: Alone.Case) async throws {
        try await withFolder { folder in
            try await onOwnThread {
                chmod(folder, 0o777)
                let program = "\(folder)/jetd"
                try Alone.copy(try ChildProcess.path(ofProduct: "jetd"), to: program)
                let user = who == .root ? 0 : Alone.user
                let environment = who == .userWithDirectory ? ["XDG_RUNTIME_DIR": "\(folder)/run"] : [:]
                let variables = environment.merging(Alone.path) { $1 }
                if who == .userWithDirectory {
                    mkdir("\(folder)/run", 0o700)
                    chown("\(folder)/run", user, user)
                }
                let path =
                    switch who {
                    case .root: "/run/jet/jet.sock"
                    case .userWithDirectory: "\(folder)/run/jet/jet.sock"
                    case .userWithout: "/tmp/jet-\(user)/jet.sock"
                    }
                defer { if who == .userWithout { removeFolder("/tmp/jet-\(user)") } }
                let jetd = try Jetd([], by: Alone.runner(as: user), environment: variables, program: program)
                #expect(
                    jetd.endpoints == [
                        .unix(path: path), .tcp(host: "127.0.0.1", port: 11122),
                        .webSocket(host: "127.0.0.1", port: 11123),
                    ])
                // Its /run is one of its own, but there is a way in.
                try expectService(at: .unix(path: "/proc/\(jetd.pid)/root\(path)"))
                jetd.send(SIGTERM)
                let status = try jetd.end()
                #expect(status == 0)
            }
        }
    }
}
