import Files
import Handover
import Glibc
import JSONText
import Synchronization
import Testing
import TestSupport

@testable import SystemUpdate

/// The real thing: apt and dpkg on a system in a folder, with a repository beside it.
@Suite(
    .timeLimit(.minutes(2)), .serialized,
    .enabled(if: SystemWithRepository.isPossible, "apt, dpkg, and root, whom dpkg asks for"))
struct UpdateJobTests {
    @Test("a check finds what is newer, and changes nothing")
    func check() throws {
        let system = try SystemWithRepository()
        try system.install("lamp", "1.0")
        try system.install("door", "1.0")
        try system.offer("lamp", "2.0")
        let record = try system.run(.check)
        #expect(record.phase == .succeeded)
        #expect(record.upgradable == [Upgradable(name: "lamp", from: "1.0", to: "2.0", security: false)])
        #expect(record.message == "1 package can be updated.")
        #expect(record.percent == 100 && record.by == "the system" && !record.cancellable)
        #expect(record.finishedAt != nil && record.checkedAt != nil)
        #expect(system.installed("lamp") == "1.0")
    }

    @Test("an update installs what is newer, with progress through all phases, and 100 % at its end alone")
    func install() throws {
        let system = try SystemWithRepository()
        try system.install("lamp", "1.0")
        try system.offer("lamp", "2.0", fields: "Depends: bulb")
        try system.offer("bulb", "1.0")
        let follower = Follower(system.files)
        let record = try system.run(.install)
        let seen = follower.stop()
        #expect(record.phase == .succeeded && record.message == "2 packages updated.")
        #expect(record.upgradable.isEmpty && record.percent == 100)
        #expect(system.installed("lamp") == "2.0" && system.installed("bulb") == "1.0")
        #expect(JobRecord.last(system.files) == record)

        let percents = seen.compactMap(\.percent)
        #expect(percents == percents.sorted())
        #expect(seen.allSatisfy { $0.percent != 100 || $0.phase == .succeeded })
        #expect(Set(seen.map(\.phase)).isSuperset(of: [.checking, .installing]))
        #expect(seen.allSatisfy { $0.cancellable == ($0.phase == .checking || $0.phase == .downloading) })
    }

    @Test("the machine is kept from being shut down while packages are being installed, and not before or after")
    func shutdown() throws {
        let system = try SystemWithRepository()
        _ = try system.run(.check)
        #expect(system.keeping.begun == 0)
        try system.install("lamp", "1.0")
        let note = system.files.root + "/held"
        try system.offer("lamp", "2.0", script: "touch \(note)")
        #expect(try system.run(.install).phase == .succeeded)
        #expect(access(note, F_OK) == 0)
        #expect(system.keeping.begun == 1 && system.keeping.held == 0)
    }

    @Test("the job has the name and the caller that the agent asked for, once")
    func request() throws {
        let system = try SystemWithRepository()
        try File.replace(system.files.request, with: Array(#"{"id":"job-1","by":"alice"}"#.utf8), mode: 0o644)
        let first = try system.run(.check)
        #expect(first.id == "job-1" && first.by == "alice")
        let second = try system.run(.check)
        #expect(second.id != "job-1" && second.by == "the system")
    }

    @Test("a configuration file that was changed here is kept")
    func conffile() throws {
        let system = try SystemWithRepository()
        try system.install("lamp", "1.0")
        try system.writeFile("etc/lamp/setting", "mine\n")
        try system.offer("lamp", "2.0")
        #expect(try system.run(.install).phase == .succeeded)
        #expect(system.read("etc/lamp/setting") == "mine")
        #expect(system.read("etc/lamp/setting.dpkg-dist") == "of 2.0")
    }

    @Test("a broken package ends the job as failed, with dpkg's words and the package's; a newer version mends it")
    func broken() throws {
        let system = try SystemWithRepository()
        try system.install("lamp", "1.0")
        try system.offer("lamp", "2.0", script: "echo 'lamp: there is no bulb' >&2; exit 1")
        let record = try system.run(.install)
        #expect(record.phase == .failed)
        let message = try #require(record.message)
        #expect(
            message.contains("lamp: installed lamp package post-installation script subprocess returned error exit"))
        #expect(message.contains("there is no bulb"))
        #expect(try #require(record.percent) < 100)
        #expect(try system.state("lamp") == "iF")

        try system.offer("lamp", "3.0")
        #expect(try system.run(.install).phase == .succeeded)
        #expect(try system.state("lamp") == "ii")
        #expect(system.installed("lamp") == "3.0")
    }

    @Test("an interrupted dpkg is repaired first")
    func interrupted() throws {
        let system = try SystemWithRepository()
        try system.unpack("door", "1.0")
        try system.install("lamp", "1.0")
        try system.offer("lamp", "2.0")
        // A note that has not got into the status file: with it, apt refuses to do anything.
        try system.writeFile(
            "var/lib/dpkg/updates/0001",
            """
            Package: door
            Status: install ok unpacked
            Version: 1.0
            Architecture: all
            Maintainer: Jet <jet@example.org>
            Description: a package for tests
            Conffiles:
             /etc/door/setting newconffile

            """)
        let record = try system.run(.install)
        #expect(record.phase == .succeeded, "\(system.output)")
        #expect(try system.state("door") == "ii")
        #expect(system.installed("lamp") == "2.0")
    }

    @Test("a lock that another program holds is waited for", arguments: [JobKind.check, .install])
    func lock(kind: JobKind) async throws {
        let system = try SystemWithRepository()
        try system.install("lamp", "1.0")
        try system.offer("lamp", "2.0")
        let lock = try ForeignLock(kind == .check ? system.files.listsLock : system.files.frontendLock)
        let job = BackgroundJob(system, kind)
        let waiting = try await job.record { $0.message?.hasPrefix("Waiting for another program") == true }
        #expect(waiting.phase == .checking && waiting.cancellable)
        #expect(waiting.message?.contains("another program") == true)
        lock.release()
        #expect(try await job.end().phase == .succeeded)
        if kind == .install { #expect(system.installed("lamp") == "2.0") }
    }

    @Test("a job that waits can be called off, by the agent")
    func cancel() async throws {
        let system = try SystemWithRepository()
        try system.install("lamp", "1.0")
        try system.offer("lamp", "2.0")
        let lock = try ForeignLock(system.files.frontendLock)
        let job = BackgroundJob(system, .install)
        let id = try await job.record { $0.message?.hasPrefix("Waiting") == true }.id
        // A wish for another job is none for this one.
        let other = try #require(UpdateRequest(id: "other", by: "bob"))
        try File.replace(system.files.cancellation, with: other.json.text, mode: 0o644)
        let wish = try #require(UpdateRequest(id: id, by: "bob"))
        try File.replace(system.files.cancellation, with: wish.json.text, mode: 0o644)
        let record = try await job.end()
        #expect(record.phase == .failed && record.cancelledBy == "bob")
        #expect(record.message == "Called off by bob. Nothing was changed.")
        #expect(system.installed("lamp") == "1.0")
        lock.release()
    }

    @Test("a job that the system ends goes on to its end once packages are being installed")
    func terminated() async throws {
        let system = try SystemWithRepository()
        try system.install("lamp", "1.0")
        try system.offer("lamp", "2.0", script: "while [ ! -e '\(system.files.root)/go-on' ]; do sleep 0.1; done")
        let job = BackgroundJob(system, .install)
        _ = try await job.record { $0.phase == .installing && $0.package == "lamp" }
        system.isInterrupted.withLock { $0 = true }
        try system.writeFile("go-on", "")
        #expect(try await job.end().phase == .succeeded)
        #expect(system.installed("lamp") == "2.0")
    }

    @Test("a source that cannot be read fails a check, with apt's words")
    func unreachable() throws {
        let system = try SystemWithRepository()
        try system.install("lamp", "1.0")
        try system.offer("lamp", "2.0")
        #expect(try system.run(.check).phase == .succeeded)
        system.removeRepository()
        let record = try system.run(.check)
        #expect(record.phase == .failed)
        #expect(record.message?.contains("Failed to fetch file:") == true)
    }

    @Test("an update that wants a restart says so")
    func restart() throws {
        let system = try SystemWithRepository()
        try system.install("lamp", "1.0")
        try system.offer("lamp", "2.0", script: "touch '\(system.files.rebootRequired)'")
        #expect(try system.run(.install).phase == .restartRequired)
    }

    @Test("nothing to update is a success")
    func nothing() throws {
        let system = try SystemWithRepository()
        try system.install("lamp", "1.0")
        let record = try system.run(.install)
        #expect(record.phase == .succeeded && record.message == "There is nothing to update.")
    }
}
