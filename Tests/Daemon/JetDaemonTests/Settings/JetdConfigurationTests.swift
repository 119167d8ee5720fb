import Glibc
import JSONText
import JetProtocol
import Testing

/// `jetd --config` as a program: what wins, what is checked, and what SIGHUP has taken up.
@Suite("jetd: configuration", .timeLimit(.minutes(5)))
struct JetdConfigurationTests {
    @Test("--check-config ends with 0 for a file that is right, else with 2 and the line")
    func check() async throws {
        try await withFolder { folder in
            let file = "\(folder)/jetd.toml"
            try await onOwnThread {
                try write("name = \"x\"\n", to: file)
                let right = try Jetd.run(["--check-config", "--config", file])
                #expect(right.status == 0 && right.output == "" && right.errors == "")
                try write("\nnmae = \"x\"\n", to: file)
                for arguments in [["--check-config"], []] {
                    let wrong = try Jetd.run(["--config", file] + arguments)
                    #expect(wrong.status == 2)
                    #expect(wrong.errors == "jetd: \(file):2: 'nmae' is not a known key; did you mean 'name'?\n")
                }
                let missing = try Jetd.run(["--check-config", "--config", "\(folder)/none"])
                #expect(missing.status == 2)
                #expect(missing.errors == "jetd: \(folder)/none: There is no such file.\n")
            }
        }
    }

    @Test(
        "a file that is not UTF-8, or too long, ends the daemon with 2 and the reason, with and without --check-config")
    func encoding() async throws {
        try await withFolder { folder in
            let file = "\(folder)/jetd.toml"
            try await onOwnThread {
                let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
                let bytes = Array("# one\nname = \"a".utf8) + [0xFF] + Array("\"\n".utf8)
                #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
                close(descriptor)
                for arguments in [["--check-config"], []] {
                    let wrong = try Jetd.run(["--config", file] + arguments)
                    #expect(wrong.status == 2)
                    #expect(wrong.errors.hasPrefix("jetd: \(file):2: This line is not UTF-8"))
                }
                try write(String(repeating: "# a comment\n", count: 100_000) + "nmae = 1\n", to: file)
                for arguments in [["--check-config"], []] {
                    let wrong = try Jetd.run(["--config", file] + arguments)
                    #expect(wrong.status == 2)
                    #expect(wrong.errors.contains("1200009 bytes; a configuration has at most 1048576"))
                }
            }
        }
    }

    @Test("the file says where to listen and how the daemon is called; the command line wins")
    func precedence() async throws {
        try await withFolder { folder in
            try await onOwnThread {
                let file = "\(folder)/jetd.toml"
                try write(
                    """
                    name = "file"
                    message-limit = 2048
                    [listen]
                    unix = "\(folder)/run/jet.sock"
                    tcp-port = 0
                    web-port = false
                    """, to: file)
                let jetd = try Jetd(["--config", file, "--name", "line"])
                #expect(jetd.endpoints.count == 2)
                #expect(jetd.endpoints.first == .unix(path: "\(folder)/run/jet.sock"))
                let peer = try RawPeer(jetd.endpoints[0])
                let info = try peer.askValue(#"{"id":1,"method":"info"}"#)
                #expect(info["result"]?["name"] == "line")
                try peer.write([0, 0, 8, 1])
                let error = try peer.hearValue()
                #expect(error["error"]?["data"] == ["limit": "messageSize", "max": 2048])
            }
        }
    }

    @Test("the file is found where the daemon is told its folders, and the users file as soon as it is there")
    func service() async throws {
        try await withFolder { folder in
            try await onOwnThread {
                try write("name = \"service\"\n", to: "\(folder)/jetd.toml")
                let folders = ["CONFIGURATION_DIRECTORY": folder, "STATE_DIRECTORY": folder]
                let jetd = try Jetd(["--unix-path", "\(folder)/jet.sock"], environment: folders)
                let peer = try RawPeer(jetd.endpoints[0])
                let info = try peer.askValue(#"{"id":1,"method":"info"}"#)
                #expect(info["result"]?["name"] == "service")
                #expect(info["result"]?["features"]?["authentication"] == true)
                #expect(jetd.errors.contains("there is no users file yet"))
                #expect(try !peer.authenticate("john", "john's"))
                _ = try TestUsers(in: folder)
                jetd.send(SIGHUP)
                try eventually { try peer.authenticate("john", "john's") }
            }
        }
    }

    @Test("a grant in the file to a user that does not exist does not affect the other grants")
    func missingHolder() async throws {
        try await withFolder { folder in
            try write(
                "[grants]\n\"user:no-such-user\" = [\"ops\"]\n\"user:\(geteuid())\" = [\"ops\"]\n",
                to: "\(folder)/jetd.toml")
            try await withJetd(["--config", "\(folder)/jetd.toml"]) { jetd in
                #expect(jetd.errors.contains("'no-such-user'"))
                let peer = try RawPeer(jetd.endpoints[0])
                try peer.add("secret", for: "ops")
                #expect(try peer.paths() == ["secret"])
            }
        }
    }

    @Test(
        "SIGHUP has grants, origins and the log level taken up, names what takes a restart, and keeps all if one is wrong"
    )
    func reload() async throws {
        try await withFolder { folder in
            let file = "\(folder)/jetd.toml"
            try write("", to: file)
            try await withJetd(["--config", file, "--ws-port", "0"]) { jetd in
                let owner = try RawPeer(jetd.endpoints[0])
                try owner.add("secret", for: "ops")
                #expect(try RawPeer(jetd.endpoints[0]).paths() == [])
                #expect(try status(of: "https://panel.example", at: jetd.endpoints[2]) == 403)
                #expect(!jetd.errors.contains("disconnected"))

                try write(
                    """
                    name = "other"
                    log-level = "debug"
                    [web]
                    allow-origins = ["https://panel.example"]
                    [grants]
                    "user:\(geteuid())" = ["ops"]
                    """, to: file)
                jetd.send(SIGHUP)
                try eventually { jetd.errors.contains("reloaded") }
                #expect(jetd.errors.contains("keys=name\n"))
                #expect(try RawPeer(jetd.endpoints[0]).paths() == ["secret"])
                #expect(try status(of: "https://panel.example", at: jetd.endpoints[2]) == 101)
                try eventually { jetd.errors.contains("disconnected") }
                let info = try owner.askValue(#"{"id":1,"method":"info"}"#)
                #expect(info["result"]?["name"] == "jetd")

                try write("[grants]\n\n[webb]\n", to: file)
                jetd.send(SIGHUP)
                try eventually { jetd.errors.contains("\(file):3: 'webb' is not a known key; did you mean 'web'?") }
                #expect(try RawPeer(jetd.endpoints[0]).paths() == ["secret"])
            }
        }
    }

    private func status(of origin: String, at endpoint: Endpoint) throws -> Int {
        let request = WebSocketPeer.handshake().replacing("Upgrade: ", with: "Origin: \(origin)\r\nUpgrade: ")
        return try WebSocketPeer(raw: endpoint).request(request).status
    }
}
