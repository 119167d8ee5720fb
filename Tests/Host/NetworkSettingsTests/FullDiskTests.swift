import Glibc
import JSONText
import Handover
import NetworkSettings
import Testing

@testable import NetworkApply

@Suite("A machine whose disk is full")
struct FullDiskTests {
    @Test("changes nothing, and says why")
    func apply() async throws {
        let machine = try Machine()
        let before = machine.files
        machine.change { $0.room = 0 }
        guard case .failed(let reason) = await machine.changer.apply(.of("eth0", ["mtu": 1400])).result else {
            Issue.record("it did not fail")
            return
        }
        #expect(reason.contains("No space left"))
        #expect(machine.files == before)
        #expect(try machine.records.pending() == nil)
    }

    @Test("undoes a change that was made while there was room: the new file makes it for the former one")
    func rollback() async throws {
        let machine = try Machine()
        let first = try #require(await machine.changer.apply(.of("eth0", ["mtu": 1400])).pending)
        let alice = Author(user: "alice")
        _ = await machine.changer.confirm(ChangeRequest(id: "r2", by: alice, token: first["token"]?.string))
        let before = machine.files
        _ = try #require(await machine.changer.apply(.of("eth0", ["mtu": 1300])).pending)
        machine.change { $0.room = 0 }
        _ = try await machine.changer.rollback()
        #expect(machine.files == before)
        #expect(try machine.records.pending() == nil)
    }

    @Test("does not undo the same change again and again for want of room to write down that it is undone")
    func record() async throws {
        let machine = try Machine()
        let before = machine.files
        _ = try #require(await machine.changer.apply(.of("eth1", ["mode": "dhcp"])).pending)
        let disk = Disk(root: machine.root) { (step) throws(DiskError) in
            if step == .write(NetworkFiles().last) { throw DiskError(NetworkFiles().last, ENOSPC) }
        }
        let changer = NetworkChanger(
            disk: disk, kernel: machine, services: machine, surroundings: machine.changer.surroundings)
        _ = try await changer.rollback()
        #expect(machine.files == before)
        #expect(try machine.records.pending() == nil)
    }
}
