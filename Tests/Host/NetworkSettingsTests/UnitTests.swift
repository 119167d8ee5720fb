import Glibc
import Handover
import NetworkSettings
import TestSupport
import Testing

@testable import NetworkApply

/// The units in `systemd/`, as far as the safety of the machine depends on what stands in them.
@Suite("The root program's units")
struct UnitTests {
    /// A unit of the program, read as networkd's files are: both are of the same syntax.
    private func unit(_ verb: NetworkVerb) throws -> NetworkFile {
        NetworkFile(parsing: try Repository.text("systemd/\(verb.unit)"))
    }

    @Test("run the program with one word, and nothing from anybody else", arguments: NetworkVerb.allCases)
    func command(verb: NetworkVerb) throws {
        let unit = try unit(verb)
        #expect(unit.values("ExecStart", in: "Service") == ["/usr/libexec/jet/jet-network \(verb.rawValue)"])
        for key in ["Environment", "EnvironmentFile", "PassEnvironment", "ExecStartPre", "ExecStartPost"] {
            #expect(unit.values(key, in: "Service") == [], "\(key)")
        }
    }

    @Test(
        "are started however often they are asked for: to refuse it would fail a change, or a confirmation",
        arguments: NetworkVerb.allCases)
    func limit(verb: NetworkVerb) throws {
        #expect(try unit(verb).values("StartLimitIntervalSec", in: "Unit") == ["0"])
    }

    @Test(
        "let none write networkd's files, or change links, but those that are for it", arguments: NetworkVerb.allCases)
    func rights(verb: NetworkVerb) throws {
        let unit = try unit(verb)
        let isChanging = verb == .apply || verb == .rollback
        #expect(unit.values("ProtectSystem", in: "Service") == ["strict"])
        #expect(unit.values("ReadWritePaths", in: "Service") == (isChanging ? ["/etc/systemd/network"] : []))
        #expect(unit.values("CapabilityBoundingSet", in: "Service") == [isChanging ? "CAP_NET_ADMIN" : ""])
        #expect(unit.values("NoNewPrivileges", in: "Service") == ["yes"])
    }

    @Test("have the rollback begin when a change dies half-way, try it until it is done, and before the network starts")
    func rollback() throws {
        #expect(try unit(.apply).values("OnFailure", in: "Unit") == [NetworkVerb.rollback.unit])
        let rollback = try unit(.rollback)
        #expect(rollback.values("Restart", in: "Service") == ["on-failure"])
        #expect(rollback.values("Before", in: "Unit").joined(separator: " ").contains("systemd-networkd.service"))
    }

    @Test(
        "give a change and its undoing more time than a networkd that does not answer can take",
        arguments: [NetworkVerb.apply, .rollback])
    func patience(verb: NetworkVerb) throws {
        let limit = try #require(try unit(verb).values("TimeoutStartSec", in: "Service").first.flatMap { Int($0) })
        let longest =
            NetworkChanger.longestUndoing(answering: SystemServices.patience) + NetworkChanger.objecting
            + SystemServices.patience * 2
        #expect(Duration.seconds(limit) > longest)
    }
}
