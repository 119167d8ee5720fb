@testable import DeviceCertificate
import Digests
import JSONText
import Moments
import Synchronization
import TestSupport
import Testing

@testable import JetCommand

/// Programs of the system with answers that a test gives, and a list of those that were run.
final class FakePrograms: SystemPrograms {
    private let answers: [String: ChildProgram.Outcome]
    private let lines = Mutex<[String]>([])

    /// Answers by the beginning of the command line: a text that is printed with success, or `nil` for a failure. All others
    /// are not installed.
    init(_ answers: [String: String?]) {
        self.answers = answers.mapValues { text in
            ChildProgram.Outcome(
                status: text == nil ? 1 : 0, output: text ?? "", error: text == nil ? "It failed.\n" : "")
        }
    }

    /// What was run.
    var run: [String] { lines.withLock { $0 } }

    func run(_ name: String, _ arguments: [String]) -> ChildProgram.Outcome? {
        let line = ([name] + arguments).joined(separator: " ")
        lines.withLock { $0.append(line) }
        return answers.filter { line.hasPrefix($0.key) }.max { $0.key.count < $1.key.count }?.value
    }
}

/// `jet remote`, without touching this machine.
@Suite("jet remote")
struct DeviceTests {
    private let key = Fingerprint(ofKey: [1])

    @Test("enabling makes the certificate, opens the way to the daemon, enables the units, and renews what runs")
    func enabling() throws {
        let programs = FakePrograms(["systemctl": "", "systemctl is-active --quiet jetd-gateway.socket": nil])
        try DeviceService(programs).enable()
        let done = programs.run.filter { line in
            !["is-active", "cat", "reset-failed"].contains { line.hasPrefix("systemctl \($0)") }
        }
        #expect(
            done == [
                "systemctl start jet-certificate.service", "systemctl restart jetd-gateway.socket",
                "systemctl enable --quiet --now jetd-remote.socket",
                "systemctl start jet-announce.service jet-certificate.path jet-certificate.timer",
                "systemctl try-reload-or-restart jet-tls.service jet-announce.service",
            ])
    }

    @Test("a daemon that has its gateway's socket is not restarted")
    func noRestart() throws {
        let programs = FakePrograms(["systemctl": ""])
        try DeviceService(programs).enable()
        #expect(!programs.run.contains { $0.hasPrefix("systemctl restart") })
    }

    @Test("what fails is named, with where to look")
    func failing() {
        let programs = FakePrograms(["systemctl": "", "systemctl start jet-certificate.service": nil])
        let failure = #expect(throws: Failure.self) { try DeviceService(programs).enable() }
        #expect(failure?.message == "systemctl start failed: It failed.")
        #expect(failure?.advice == "To see why: journalctl -b -u jet-certificate.service")
        let none = #expect(throws: Failure.self) { try DeviceService(FakePrograms([:])).enable() }
        #expect(none?.message.contains("does not run systemd") == true)
    }

    @Test("disabling stops everything")
    func disabling() throws {
        let programs = FakePrograms(["systemctl": ""])
        try DeviceService(programs).disable()
        #expect(programs.run.last?.hasPrefix("systemctl stop jet-tls.service jet-announce.service") == true)
        #expect(programs.run.contains { $0 == "systemctl disable --quiet --now jetd-remote.socket" })
    }

    @Test(
        "the address and the port are those of the socket's unit",
        arguments: [
            ("[::]:11124 (Stream)\n", "127.0.0.1", 11124),
            ("0.0.0.0:443 (Stream) [::]:443 (Stream)\n", "127.0.0.1", 443),
            ("192.0.2.7:1 (Stream)", "192.0.2.7", 1), ("[2001:db8::7]:1 (Stream)", "2001:db8::7", 1),
            ("", "127.0.0.1", 11124),
        ])
    func address(listen: String, host: String, port: Int) {
        #expect(DeviceService(FakePrograms(["systemctl show": listen])).address == (host, port))
    }

    // MARK: Firewalls

    @Test("a packet filter that runs is found, with the command that opens the port in it")
    func firewalls() {
        func found(_ answers: [String: String?]) -> Firewall? { Firewall.running(FakePrograms(answers), port: 11124) }
        #expect(found([:]) == nil)
        #expect(found(["systemctl is-active --quiet firewalld.service": ""])?.commands.last == "firewall-cmd --reload")
        #expect(found(["ufw status": "Status: inactive\n"]) == nil)
        #expect(found(["ufw status": "Status: active\n"])?.commands == ["ufw allow 11124/tcp"])
        let rules = """
            table ip nat {
            	chain PREROUTING {
            		type nat hook prerouting priority dstnat; policy accept;
            	}
            }
            table inet filter {
            	chain forward {
            		type filter hook forward priority filter; policy drop;
            	}
            	chain input {
            		type filter hook input priority filter; policy drop;
            		ct state established,related accept
            	}
            }
            """
        #expect(
            found(["nft list ruleset": rules])?.commands == ["nft insert rule inet filter input tcp dport 11124 accept"]
        )
        let open = "table inet t {\n chain c {\n type filter hook input priority filter; policy accept;\n }\n}\n"
        #expect(found(["nft list ruleset": open]) == nil)
        #expect(found(["nft list ruleset": open, "iptables -S INPUT": "-P INPUT ACCEPT\n"]) == nil)
        let closed = found(["iptables -S INPUT": "-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n"])
        #expect(closed?.commands.first == "iptables -I INPUT -p tcp --dport 11124 -j ACCEPT")
        #expect(closed?.lines(port: 11124).first?.contains("iptables") == true)
    }

    // MARK: Texts

    private var certificate: CertificateInfo {
        CertificateInfo(
            origin: .own, fingerprint: key, ownFingerprint: Fingerprint(ofKey: [2]),
            names: CertificateNames(hosts: ["shed"], addresses: ["192.0.2.7"]), notBefore: Moment(microseconds: 0),
            notAfter: Moment(microseconds: 4_000_000_000_000_000), authorityFile: "/ca.pem")
    }

    private var state: RemoteState {
        var state = RemoteState()
        state.isEnabled = true
        state.isListening = true
        state.answer = .good
        state.certificate = certificate
        state.names = ["shed.local", "192.0.2.7"]
        state.announcedName = "shed-2.local"
        state.connections = 3
        state.keys = 1
        return state
    }

    @Test("enable says the key, the name, what to type on both machines, and tells of the firewall")
    func enabledText() {
        let text = RemoteCommand.enabled(
            state, certificate, Firewall(name: "ufw", commands: ["ufw allow 11124/tcp"])
        ).joined(separator: "\n")
        for part in [
            "\(key)", key.words, "shed-2.local", "sudo jet pair --offer", "    jet pair shed.local\n", "192.0.2.7",
            "sudo ufw allow 11124/tcp",
        ] { #expect(text.contains(part), "\(part)") }
        var other = state
        other.port = 443
        #expect(RemoteCommand.enabled(other, certificate, nil).contains("    jet pair shed.local:443"))
    }

    @Test("status has the same for people and for programs")
    func status() {
        let record = state.record
        #expect(record["reachable"] == true && record["connections"] == 3 && record["keys"] == 1)
        #expect(record["fingerprint"]?.string == "\(key)")
        let text = state.rows.map { "\($0.name): \($0.text)" }.joined(separator: "\n")
        for part in ["enabled: yes", "answers: yes", "\(key)", "announced: as shed-2.local", "paired keys: 1"] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(RemoteState().record["connections"] == nil)
    }

    @Test("each reason why other machines cannot connect has its own words")
    func unreachable() {
        var states = [state, state, state, state, state]
        states[0].isListening = false
        states[0].isEnabled = false
        states[1].isListening = false
        states[2].answer = .otherKey(key)
        states[3].answer = .none("no answer in time")
        states[4].certificate = nil
        let failures = states.map(RemoteCommand.unreachable)
        #expect(Set(failures.map(\.message)).count == 5)
        #expect(failures.allSatisfy { $0.advice != nil && $0.status == .refused })
        #expect(failures[0].advice?.contains("sudo jet remote enable") == true)
    }

    @Test(
        "connections of other machines differ from those of this one",
        arguments: [
            ("192.0.2.7:1", true), ("[2001:db8::1]:2", true), ("127.0.0.1:1", false), ("[::1]:3", false),
            ("[::ffff:127.0.0.1]:4", false),
        ])
    func elsewhere(address: String, isElsewhere: Bool) {
        #expect(RemoteState.isElsewhere(address) == isElsewhere)
        #expect(!RemoteState.isElsewhere(nil))
    }

    @Test("names for other machines begin with the published one; IPv6 addresses are in brackets; the loopback is none")
    func names() {
        let names = CertificateNames(
            hosts: ["shed", "shed.local", "localhost", "shed-2.local"],
            addresses: ["127.0.0.1", "::1", "192.0.2.7", "2001:db8::7"])
        #expect(DeviceNames.of(names) == ["shed-2.local", "shed.local", "192.0.2.7", "[2001:db8::7]"])
    }

    // MARK: Programs

    @Test("a program gets its arguments and an empty input, and its two outputs stay separate")
    func program() throws {
        let outcome = try ChildProgram.run("/bin/sh", ["-c", "cat; echo \"$1\"; echo b >&2; exit 3", "sh", "a b"])
        #expect(outcome == ChildProgram.Outcome(status: 3, output: "a b\n", error: "b\n"))
        #expect(outcome.lastLine == "a b")
        #expect(try ChildProgram.run("/bin/sh", ["-c", "kill -9 $$"]).status == 137)
        #expect(throws: (any Error).self) { try ChildProgram.run("/nowhere", []) }
        let long = try ChildProgram.run("/bin/sh", ["-c", "head -c 3000000 /dev/zero"])
        #expect(long.output.utf8.count == 1 << 20)
    }
}
