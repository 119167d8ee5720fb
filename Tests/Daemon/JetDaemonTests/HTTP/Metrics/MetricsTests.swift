import JSONText
import JetBus
import JetDaemon
import JetProtocol
import ProxyProtocol
import Testing

/// Who may read metrics, and what is in them for whom.
@Suite("Metrics", .timeLimit(.minutes(5)))
struct MetricsTests {
    private static func enable(_ configuration: inout DaemonConfiguration) {
        var rule = MetricsConfiguration.StateRule()
        rule.startsWith = "s/"
        configuration.metrics.rules = [rule]
    }

    @Test func `They are there for this machine, unless they are turned off`() async throws {
        try await withDaemon { daemon throws in
            #expect(try APIClient(daemon.webSocket).ask("GET", "/metrics").status == 200)
        }
        try await withDaemon({ $0.metrics.isEnabled = false }) { daemon throws in
            #expect(try APIClient(daemon.webSocket).ask("GET", "/metrics").status == 404)
        }
    }

    @Test func `This machine reads figures and States, in the format that it accepts`() async throws {
        try await withDaemon(Self.enable) { daemon throws in
            let owner = try RawPeer(daemon.unix)
            try owner.add(["path": "s/t", "value": 20.5, "meta": ["unit": "°C"]])
            try owner.add(["path": "s/hidden", "value": 1, "access": ["fetchGroups": ["ops"]]])
            try owner.add(["path": "other", "value": 1])
            let client = try APIClient(daemon.webSocket)
            let plain = try client.ask("GET", "/metrics", ["Accept": "text/plain"])
            #expect(plain.status == 200)
            #expect(plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(plain.text.contains("\njet_peers 1\n"))
            #expect(plain.text.contains("\njet_state_celsius{path=\"s/t\"} 20.5\n"))
            #expect(!plain.text.contains("hidden") && !plain.text.contains("other"))
            #expect(!plain.text.contains("jet_account"))
            let open = try client.ask("GET", "/metrics", ["Accept": "application/openmetrics-text; version=1.0.0"])
            #expect(
                open.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
            #expect(open.text.hasSuffix("\n# EOF\n"))
            #expect(try client.ask("POST", "/metrics").status == 405)
            try daemon.wait { $0.peers == 1 }
        }
    }

    @Test func `Other machines need a network that is allowed, or a login with the right group`() async throws {
        try await GatewayDaemon.with({
            Self.enable(&$0)
            $0.metrics.networks = [.loopback, .addresses(address: [192, 0, 2, 64], bits: 26)]
        }) { gateway throws in
            try gateway.users.set("boss", password: "boss's", groups: ["operator"])
            try gateway.users.set("meter", password: "meter's", groups: ["metrics"])
            try gateway.reload()
            let owner = try RawPeer(gateway.daemon.unix)
            try owner.add(["path": "s/t", "value": 20.5])
            try owner.add(["path": "s/secret", "value": 1, "access": ["fetchGroups": ["metrics"]]])
            func ask(_ address: [UInt8], _ user: String? = nil) throws -> APIClient.Response {
                try APIClient(over: gateway.peer(.peer(address))).ask(
                    "GET", "/metrics", user: user, ["Host": "192.0.2.1"])
            }
            let outside: [UInt8] = [192, 0, 2, 7]
            #expect(try ask(outside).status == 401)
            #expect(try ask(outside, "john:john's").status == 403)
            #expect(try ask(outside, "john:wrong").status == 401)
            let member = try ask(outside, "meter:meter's").text
            #expect(member.contains("s/secret") && member.contains("s/t") && !member.contains("jet_account"))
            let boss = try ask(outside, "boss:boss's").text
            #expect(!boss.contains("s/secret") && boss.contains("jet_account_connections{account=\"user boss\"} 1\n"))
            // A stranger of an allowed network may read no States here, as anonymous says.
            let allowed = try ask([192, 0, 2, 65])
            #expect(allowed.status == 200 && !allowed.text.contains("s/t"))
            #expect(allowed.text.contains("\njet_metrics_failed_rules 0\n"))
            #expect(try ask([127, 0, 0, 1]).status == 200)
        }
    }

    @Test func `Guesses of passwords leave room for those who may read them`() async throws {
        try await GatewayDaemon.with({
            Self.enable(&$0)
            $0.loginDelay = 60_000
            $0.metrics.networks = [.loopback, .addresses(address: [192, 0, 2, 64], bits: 26)]
        }) { gateway throws in
            // Guesses of a stranger, which wait.
            var waiting: [APIClient] = []
            for _ in 0..<8 {
                let guesser = APIClient(over: try gateway.peer(.peer([192, 0, 2, 7])))
                try guesser.send("GET", "/metrics", user: "john:wrong", ["Host": "192.0.2.1"])
                waiting.append(guesser)
            }
            // The first one is checked, the others wait after that.
            try gateway.daemon.wait { $0.peers >= 7 }
            let reader = APIClient(over: try gateway.peer(.peer([192, 0, 2, 65])))
            #expect(try reader.ask("GET", "/metrics", ["Host": "192.0.2.1"]).status == 200)
        }
    }

    @Test func `Pages of other sites cannot read them`() async throws {
        try await withDaemon(Self.enable) { daemon throws in
            let client = try APIClient(daemon.webSocket)
            #expect(try client.ask("GET", "/metrics", ["Origin": "https://evil.example"]).status == 403)
            #expect(try client.ask("GET", "/metrics", ["Sec-Fetch-Site": "cross-site"]).status == 403)
        }
    }

    @Test func `Thousands of States are read without holding up others`() async throws {
        try await withDaemon(Self.enable) { daemon throws in
            let owner = try RawPeer(daemon.unix)
            for start in stride(from: 0, to: 12_000, by: 1000) {
                let batch = (start..<start + 1000).map { number -> JSON in
                    ["method": "add", "params": ["path": .string("s/\(number)"), "value": .number(number)]]
                }
                try owner.say("\(JSON.array(batch))")
            }
            _ = try owner.ask(#"{"id":1,"method":"echo"}"#)
            let text = try APIClient(daemon.webSocket).ask("GET", "/metrics").text
            #expect(text.contains("\njet_metrics_left_out_series 2000\n"))
            #expect(text.split(separator: "\n").count { $0.hasPrefix("jet_state_value{") } == 10_000)
            try daemon.wait { $0.peers == 1 }
        }
    }

    @Test(arguments: [
        ("loopback", true), ("192.0.2.7", true), ("192.0.2.0/24", true), ("0.0.0.0/0", true), ("::/0", true),
        ("2001:db8::/32", true), ("192.0.2.7/24", false), ("192.0.2.0/33", false), ("192.0.2.0/", false), ("", false),
        ("192.0.2", false), ("localhost", false), ("2001:db8::1/32", false), ("192.0.2.0/+8", false),
        ("1.2.3.4/8/8", false),
    ])
    func `Networks are read strictly`(text: String, isRight: Bool) {
        #expect((MetricsConfiguration.Network(parsing: text) != nil) == isRight)
    }
}
