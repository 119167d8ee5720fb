import Testing

/// What the scripts in `packaging` do before they build.
@Suite("Scripts", .timeLimit(.minutes(1)))
struct ScriptTests {
    @Test func `A build folder that was made at another path is refused with the command that removes it`() async throws
    {
        // swift is replaced, since only its version is asked for.
        let prepare = """
            printf '#!/bin/sh\\necho Swift version 6.3' >programs/swift
            chmod +x programs/swift
            mkdir -p .build/x86_64-unknown-linux-gnu/debug/ModuleCache/A
            printf 'module\\0%s\\0rest' "$made_in" >.build/x86_64-unknown-linux-gnu/debug/ModuleCache/A/SwiftShims-1.pcm
            """
        let prerequisites = ". packaging/prerequisites.sh"
        let moved = try await Scripts.run(prerequisites, prepare: "made_in=/home/pat/jet\n" + prepare)
        #expect(moved.status == 1)
        #expect(moved.error.contains("made in /home/pat/jet"), "\(moved.error)")
        #expect(moved.error.contains("rm -rf '/tmp/jet-scripts."), "\(moved.error)")
        let own = try await Scripts.run(prerequisites, prepare: "made_in=$folder\n" + prepare)
        #expect(own.status == 0, "\(own.error)")
    }

    @Test func `While another program uses apt, installing packages waits and says so`() async throws {
        let outcome = try await Scripts.run(
            ". packaging/apt.sh; install_packages cowsay; cat calls >&2",
            prepare: """
                cat >programs/apt-get <<'END'
                #!/bin/bash
                echo "$*" >>calls
                if [[ $* == *update* ]] && [ "$(wc -l <calls)" -lt 3 ]; then
                    echo 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)' >&2
                    exit 100
                fi
                END
                printf '#!/bin/sh\\necho 0' >programs/id
                printf '#!/bin/sh\\n' >programs/sleep
                chmod +x programs/*
                """)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.contains("It is held by process 7"), "\(outcome.error)")
        #expect(outcome.error.split(separator: "Waiting until the other program has finished").count == 2)
        #expect(outcome.error.contains("DPkg::Lock::Timeout=600 install -q -y --no-install-recommends cowsay"))
        #expect(outcome.error.split(separator: "\n").count { $0.hasSuffix(" update -q") } == 3, "\(outcome.error)")
    }

    @Test(arguments: [
        ("amd64", "--arch riscv64", "There is no package for 'riscv64': amd64 and arm64 can be built."),
        ("arm64", "--arch=amd64", "A package for amd64 cannot be built on arm64; only arm64 can, on amd64."),
        ("amd64", "--arch", "packaging/build-deb [--arch ARCHITECTURE] [OUTPUT-FOLDER]"),
    ]) func `What build-deb cannot build is refused with what it can`(
        machine: String, arguments: String, message: String
    ) async throws {
        let outcome = try await Scripts.run(
            "packaging/build-deb \(arguments)",
            prepare: """
                cp "$CHECKOUT"/packaging/build-deb packaging
                printf '#!/bin/sh\\necho \(machine)' >programs/dpkg
                chmod +x programs/dpkg
                """)
        #expect(outcome.status != 0)
        #expect(outcome.error.contains(message), "\(outcome.error)")
    }

    @Test func `Another failure of apt is reported and not retried`() async throws {
        let outcome = try await Scripts.run(
            ". packaging/apt.sh; install_packages cowsay",
            prepare: """
                printf '#!/bin/sh\\necho E: no network >&2\\nexit 100' >programs/apt-get
                printf '#!/bin/sh\\necho 0' >programs/id
                chmod +x programs/*
                """)
        #expect(outcome.status == 1)
        #expect(outcome.error == "Installing cowsay\nE: no network\nCannot install cowsay\n")
    }
}
