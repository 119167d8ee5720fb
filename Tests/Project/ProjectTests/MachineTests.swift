import Glibc
import Testing

/// What the scripts that make test machines do before they make one.
@Suite("Test machines", .timeLimit(.minutes(1)))
struct MachineTests {
    @Test(
        .enabled(if: access("/usr/bin/python3", X_OK) == 0, "python3 is not installed"),
        arguments: [
            ("--release 11 script", "argument --release: invalid choice: '11'"),
            ("--arch arm64 --container script", "there are containers for amd64 only"),
            ("--container --cpus 1 script", "a container has the processors and the memory of this machine"),
            ("--env NAME script", "--env takes NAME=VALUE, not NAME"),
            ("--deb missing.deb script", "there is no missing.deb"),
            ("missing", "there is no missing"),
        ]) func `Wrong options are refused, and nothing is made`(arguments: String, message: String) async throws
    {
        let outcome = try await Scripts.run(
            "touch script; PYTHONDONTWRITEBYTECODE=1 python3 \"$CHECKOUT\"/packaging/machine/run.py \(arguments)",
            prepare: "")
        #expect(outcome.status == 2)
        #expect(outcome.error.contains(message), "\(outcome.error)")
    }

    @Test func `A user who is not root learns why the tests on devices are skipped`() async throws {
        let outcome = try await Scripts.run(
            "packaging/run-in-machine --check >&2",
            prepare: """
                cp "$CHECKOUT"/packaging/run-in-machine packaging
                printf '#!/bin/sh\\necho 1000' >programs/id
                chmod +x programs/id
                """)
        #expect(outcome.status == 77)
        #expect(outcome.error == "SKIPPED: making a test machine needs root.\n", "\(outcome.error)")
    }
}
