import Files
import Handover
import Moments
import Glibc
import JSONText
import TestSupport
import Testing

/// What is written down of a job.
struct JobRecordTests {
    @Test("a record is read as it was written")
    func roundTrip() {
        var record = JobRecord(id: "a1", kind: .install, by: "alice", startedAt: "2026-02-03T04:05:06Z")
        #expect(JobRecord(record.json) == record)
        record.phase = .restartRequired
        record.percent = 100
        record.package = "bash"
        record.message = "1 package updated."
        record.finishedAt = Moment.text(seconds: 0)
        record.cancelledBy = "bob"
        record.cancellable = true
        record.upgradable = [Upgradable(name: "bash", from: nil, to: "2", security: true)]
        record.checkedAt = Moment.text(seconds: 1_770_091_506)
        #expect(JobRecord(record.json) == record)
        #expect(record.json["finishedAt"] == "1970-01-01T00:00:00Z")
        #expect(record.json["checkedAt"] == "2026-02-03T04:05:06Z")
    }

    @Test("other texts are no records", arguments: ["null", "{}", #"{"id":"a","kind":"check","phase":"dancing"}"#])
    func nonsense(text: String) throws { #expect(JobRecord(try JSON(parsing: text)) == nil) }

    @Test("the record of this run of the machine counts before the one on disk")
    func places() throws {
        let root = try TemporaryFolder()
        let files = UpdateFiles(root: root.path)
        #expect(JobRecord.last(files) == nil)
        root.makeFolder("var/lib/jet-update")
        root.makeFolder("run/jet-update")
        var record = JobRecord(id: "old", kind: .check, by: "", startedAt: "")
        try File.replace(files.lastRecord, with: record.json.text, mode: 0o644, isDurable: true)
        #expect(JobRecord.last(files)?.id == "old")
        record.id = "new"
        try File.replace(files.record, with: record.json.text, mode: 0o644)
        #expect(JobRecord.last(files)?.id == "new")
    }

    @Test(
        "a restart of the machine ends a job that ran, and completes one that waited for it",
        arguments: [
            (JobPhase.checking, JobPhase.failed), (.downloading, .failed), (.installing, .failed),
            (.restartRequired, .succeeded), (.succeeded, .succeeded), (.failed, .failed),
        ])
    func restart(before: JobPhase, after: JobPhase) throws {
        let root = try TemporaryFolder()
        let files = UpdateFiles(root: root.path)
        root.makeFolder("var/lib/jet-update")
        var record = JobRecord(id: "a", kind: .install, by: "", startedAt: "")
        record.phase = before
        try File.replace(files.lastRecord, with: record.json.text, mode: 0o644, isDurable: true)
        #expect(JobRecord.last(files)?.phase == after)
        #expect((JobRecord.last(files)?.message != nil) == before.isRunning)
    }

    @Test("a machine waits for a restart when a package said so, and each package is named once")
    func reboot() throws {
        let root = try TemporaryFolder()
        let files = UpdateFiles(root: root.path)
        root.makeFolder("run")
        #expect(RebootRequired(files).json == ["required": false, "packages": []])
        try File.replace(files.rebootRequired, with: Array("*** System restart required ***\n".utf8), mode: 0o644)
        #expect(RebootRequired(files).json == ["required": true, "packages": []])
        try File.replace(files.rebootPackages, with: Array("linux-base\nlibc6\nlinux-base\n".utf8), mode: 0o644)
        #expect(RebootRequired(files).packages == ["linux-base", "libc6"])
    }
}
