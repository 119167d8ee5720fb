import Handover
import NetworkSettings
import TestSupport
import Testing

/// The units and the rules of polkit that are shipped, against what agent and root programs agree on.
@Suite("The hand-over between agent and root programs")
struct UnitTests {
    /// A unit, read as networkd's files are: both are of the same syntax.
    private func service(_ name: String, _ key: String) throws -> [String] {
        NetworkFile(parsing: try Repository.text("systemd/\(name)")).values(key, in: "Service")
    }

    /// The name below `parent` of a runtime or state directory.
    private func name(of directory: String, in parent: String) throws -> String {
        try #require(directory.hasPrefix(parent + "/"))
        return String(directory.dropFirst(parent.count + 1))
    }

    @Test("has a unit for each verb of jet-network, and no others")
    func networkUnits() throws {
        let units = Repository.paths("systemd/jet-network-*").map { String($0.dropFirst("systemd/".count)) }
        #expect(Set(units) == Set(NetworkVerb.allCases.map(\.unit)))
        for verb in NetworkVerb.allCases {
            #expect(try service(verb.unit, "ExecStart") == ["/usr/libexec/jet/jet-network \(verb.rawValue)"])
        }
    }

    @Test("has a unit for each kind of job of jet-update, and no others")
    func updateUnits() throws {
        let units = Repository.paths("systemd/jet-update-*").map { String($0.dropFirst("systemd/".count)) }
        #expect(Set(units) == Set(JobKind.allCases.map(\.unit)))
        for kind in JobKind.allCases {
            #expect(try service(kind.unit, "ExecStart") == ["/usr/libexec/jet/jet-update \(kind.rawValue)"])
        }
    }

    @Test("logs no failure to set the priority of a thread, whatever rights the units of Swift programs leave")
    func priority() throws {
        let units = Repository.paths("systemd/*.service").map { String($0.dropFirst("systemd/".count)) }
        #expect(units.count >= 8)
        for unit in units {
            #expect(try service(unit, "SystemCallFilter").last == "~setpriority:0", "\(unit)")
            #expect(try service(unit, "LimitNICE") == [], "\(unit)")
        }
    }

    @Test("has its directories from the units, which keep them when the programs end")
    func directories() throws {
        let network = NetworkFiles()
        for verb in NetworkVerb.allCases {
            #expect(try service(verb.unit, "RuntimeDirectory") == [name(of: network.answers, in: "/run")])
            #expect(try service(verb.unit, "RuntimeDirectoryPreserve") == ["yes"])
            #expect(try service(verb.unit, "StateDirectory") == [name(of: network.state, in: "/var/lib")])
        }
        let update = UpdateFiles()
        for kind in JobKind.allCases {
            let runtime = try #require(try service(kind.unit, "RuntimeDirectory").first)
            #expect(try service(kind.unit, "RuntimeDirectoryPreserve") == ["yes"])
            let state = try #require(try service(kind.unit, "StateDirectory").first)
            #expect([update.record, update.lock].allSatisfy { $0.hasPrefix("/run/\(runtime)/") })
            #expect(update.lastRecord.hasPrefix("/var/lib/\(state)/"))
        }
        #expect(
            try service("jet-agent.service", "RuntimeDirectory") == [name(of: network.agentDirectory, in: "/run")])
        for request in NetworkVerb.allCases.map(network.request) + [update.request, update.cancellation] {
            #expect(request.hasPrefix(network.agentDirectory + "/"))
        }
    }

    @Test("has a timer that starts the rollback, as one does that has its name")
    func timer() {
        #expect(
            NetworkVerb.rollbackTimer.dropLast(".timer".count) == NetworkVerb.rollback.unit.dropLast(".service".count))
    }

    @Test(
        "has the agent's user start exactly these units",
        arguments: [
            ("61-jet-network", NetworkVerb.allCases.map(\.unit)), ("62-jet-update", JobKind.allCases.map(\.unit)),
        ])
    func polkit(rules: String, units: [String]) throws {
        let text = try Repository.text("packaging/polkit/\(rules).rules")
        #expect(Set(text.matches(of: /"([a-z-]+\.service)"/).map { String($0.1) }) == Set(units))
    }

    @Test("is the same below another root")
    func roots() {
        #expect(NetworkFiles(root: "/x/").request(.apply) == "/x/run/jet-agent/network/apply.json")
        #expect(NetworkFiles(root: "/").pending == "/var/lib/jet-network/pending.json")
        #expect(UpdateFiles(root: "/x").record == "/x/run/jet-update/job.json")
        #expect(UpdateFiles().lock == "/run/jet-update/lock")
    }
}
