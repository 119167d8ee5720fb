import JSONText
import Handover
import NetworkSettings
import Testing

@testable import NetworkApply

@Suite("A machine that loses its power")
struct PowerCutTests {
    /// Changes of every kind: a drop-in beside the link's file, a file of the link's own, one in the place of another.
    static let changes: [(link: String, first: JSON?, second: JSON)] = [
        ("eth0", nil, ["mtu": 1400]),
        ("eth0", nil, ["mode": "static", "addresses": ["192.0.2.7/24"]]),
        ("eth1", nil, ["mode": "dhcp"]),
        ("eth1", ["mode": "static", "addresses": ["192.0.2.7/24"]], ["addresses": ["192.0.2.8/24"]]),
        ("eth0", ["mtu": 1400], ["mtu": nil]),
        ("eth0", ["mtu": 1400], ["mode": "static", "addresses": ["192.0.2.7/24"], "mtu": nil]),
    ]

    private func machine(after first: JSON?, of link: String) async throws -> Machine {
        let machine = try Machine()
        guard let first else { return machine }
        let pending = try #require(await machine.changer.apply(.of(link, first)).pending)
        let request = ChangeRequest(id: "r2", by: Author(user: "alice"), token: pending["token"]?.string)
        guard case .done = await machine.changer.confirm(request).result else {
            Issue.record("the first change was not confirmed")
            return machine
        }
        return machine
    }

    @Test("at any step of a change has the former files again after its start", arguments: changes.indices)
    func whileApplying(index: Int) async throws {
        let (link, first, second) = Self.changes[index]
        var step = 0
        while true {
            let machine = try await machine(after: first, of: link)
            let before = machine.files
            machine.cutPower(after: step)
            let answer = await machine.changer.apply(.of(link, second))
            machine.restart()
            let wasPending = try machine.records.pending() != nil
            let outcome = try await machine.changer.rollback()
            #expect((outcome != nil) == wasPending)
            #expect(machine.files == before, "after step \(step)")
            #expect(try machine.records.pending() == nil)
            machine.startNetworkd()
            try await machine.changer.show()
            if wasPending {
                #expect(machine.records.last()?.reason == "the machine was restarted before the change was confirmed")
                #expect(machine.records.last()?.restored == true)
            }
            if answer.pending != nil { break }
            step += 1
        }
        #expect(step >= 6)
    }

    @Test("at any step of a rollback has the former files again after its start", arguments: changes.indices)
    func whileRollingBack(index: Int) async throws {
        let (link, first, second) = Self.changes[index]
        var step = 0
        var isWhole = false
        while !isWhole {
            let machine = try await machine(after: first, of: link)
            let before = machine.files
            _ = try #require(await machine.changer.apply(.of(link, second)).pending)
            machine.cutPower(after: step)
            isWhole = (try? await machine.changer.rollback()) != nil
            machine.restart()
            _ = try await machine.changer.rollback()
            #expect(machine.files == before, "after step \(step)")
            #expect(try machine.records.pending() == nil)
            #expect(machine.records.last()?.result == .rolledBack)
            step += 1
        }
        #expect(step >= 4)
    }

    @Test("at any step of a confirmation has either the new files for good or the former ones")
    func whileConfirming() async throws {
        var results: Set<Bool> = []
        for step in 0..<8 {
            let machine = try Machine()
            let before = machine.files
            let pending = try #require(await machine.changer.apply(.of("eth0", ["mtu": 1400])).pending)
            let after = machine.files
            machine.cutPower(after: step)
            _ = await machine.changer.confirm(
                ChangeRequest(id: "r2", by: Author(user: "alice"), token: pending["token"]?.string))
            machine.restart()
            let isUndone = try await machine.changer.rollback() != nil
            #expect(machine.files == (isUndone ? before : after))
            #expect(machine.records.last()?.result == (isUndone ? .rolledBack : .confirmed))
            results.insert(isUndone)
        }
        #expect(results == [true, false])
    }

    @Test("does not wait for networkd on its way up: what came of it is looked at later")
    func beforeNetworkd() async throws {
        let machine = try Machine()
        _ = try #require(await machine.changer.apply(.of("eth0", ["mtu": 1400])).pending)
        let reloads = machine.reloads
        machine.restart()
        let outcome = try #require(try await machine.changer.rollback())
        #expect(outcome.restored == nil)
        #expect(machine.reloads == reloads)
        machine.change { $0.mtu["eth0"] = 1400 }
        try await machine.changer.show()
        #expect(machine.records.last()?.restored == nil)
        machine.startNetworkd()
        machine.change { $0.mtu["eth0"] = 1500 }
        try await machine.changer.show()
        #expect(machine.records.last()?.restored == true)
    }

    @Test("says in the end what is different")
    func neverRestored() async throws {
        let machine = try Machine()
        _ = try #require(await machine.changer.apply(.of("eth0", ["mtu": 1400])).pending)
        machine.restart()
        _ = try #require(try await machine.changer.rollback())
        machine.startNetworkd()
        machine.change { $0.mtu["eth0"] = 9000 }
        machine.pass(milliseconds: 120_000)
        try await machine.changer.show()
        #expect(machine.records.last()?.restored == false)
        #expect(machine.records.last()?.difference == "mtu is 9000, was 1500")
    }

    @Test("looks what came of it only while nobody is at work: newer words are not overwritten by older ones")
    func lookingMeanwhile() async throws {
        let machine = try Machine()
        _ = try #require(await machine.changer.apply(.of("eth0", ["mtu": 1400])).pending)
        machine.restart()
        _ = try #require(try await machine.changer.rollback())
        machine.startNetworkd()
        let lock = try RunLock(Disk(root: machine.root))
        try await machine.changer.show()
        #expect(machine.records.last()?.awaited != nil)
        lock.release()
        try await machine.changer.show()
        #expect(machine.records.last()?.restored == true)
    }
}
