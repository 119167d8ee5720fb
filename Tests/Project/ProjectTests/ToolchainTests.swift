import Glibc
import Testing

/// How the scripts get a Swift toolchain if there is none, from a server on this machine.
@Suite(
    "Toolchain", .timeLimit(.minutes(1)),
    .enabled(if: access("/usr/libexec/swift/bin/swift", X_OK) != 0, "Debian's Swift is taken."))
struct ToolchainTests {
    /// What the scripts do first, and then the version that they would use.
    private static let prerequisites = ". packaging/prerequisites.sh; swift --version\n"

    /// What is below the cache afterwards.
    private static let list = "(cd cache/jet; find . -type f ! -name '*.lock' | sort)\n"

    private func run(_ script: String, prepare: String = "", answer: String? = nil) async throws -> Scripts.Outcome {
        try await Scripts.run(script, prepare: SwiftServer.start + "\n" + prepare, answer: answer)
    }

    @Test func `The archive is verified, unpacked and used; the next run needs no network`() async throws {
        let outcome = try await run(
            """
            (set -- --yes --filter A; \(Self.prerequisites) echo "$# $*")
            kill $server
            \(Self.prerequisites) \(Self.list) wc -l <requests
            """)
        #expect(outcome.status == 0, "\(outcome.error)")
        let archive = outcome.output.split(separator: "\n").first { $0.hasPrefix("./toolchain-6") }?.split(
            separator: "/")[1]
        #expect(
            outcome.output == """
                Swift version 6.3.1
                2 --filter A
                Swift version 6.3.1
                ./\(archive ?? "")/stamp
                ./\(archive ?? "")/usr/bin/swift
                ./\(archive ?? "")/usr/large
                4

                """)
        #expect(outcome.error.contains("Jet needs Swift 6.2 or newer; this is 5.9.2 ("), "\(outcome.error)")
        #expect(outcome.error.split(separator: "this is 5.9.2").count == 2, "\(outcome.error)")
        #expect(outcome.error.contains(".tar.gz (1 MB)\n    to    /tmp/jet-scripts."), "\(outcome.error)")
    }

    @Test func `On a terminal the user is asked, and nothing is fetched without a yes`() async throws {
        let script = Self.prerequisites + "cat requests"
        let agreed = try await run(script, answer: "y\n")
        #expect(agreed.status == 0)
        #expect(agreed.error.contains("Fetch it? [y/N] y"), "\(agreed.error)")
        #expect(agreed.error.contains("Swift version 6.3.1"), "\(agreed.error)")
        let declined = try await run("(\(script)) || cat requests", answer: "\n")
        #expect(declined.error.contains("Nothing was fetched."), "\(declined.error)")
        #expect(!declined.error.contains("GET"), "\(declined.error)")
    }

    @Test func `Without a terminal nothing is fetched unless CI or JET_YES is set`() async throws {
        let silent = try await run(Self.prerequisites)
        #expect(silent.status == 1)
        #expect(silent.error.contains("Start again with --yes"), "\(silent.error)")
        for variable in ["CI=true", "JET_YES=1"] {
            let outcome = try await run(Self.prerequisites, prepare: "export \(variable)")
            #expect(outcome.status == 0, "\(outcome.error)")
        }
    }

    @Test(arguments: [
        ("echo x >>served/archive", "it is not what was signed"),
        ("make_key other-key; sign other-key", "it is signed by another key, "),
        (
            "make_key other-key; sign other-key; gpg --homedir key --armor --export >served/all-keys.asc",
            "not among the keys"
        ),
        ("use page", "there is no signature in the file. It is no archive either"),
        ("echo text >served/signature", "there is no signature in the file"),
        (
            """
            sed -i 's/^:-/-/' key/openpgp-revocs.d/*.rev; gpg --homedir key --batch --import key/openpgp-revocs.d/*.rev
            gpg --homedir key --armor --export >served/all-keys.asc
            """, "has been revoked"
        ),
    ])
    func `What is not signed by the right key is removed`(change: String, reason: String) async throws {
        let outcome = try await run(
            "(\(Self.prerequisites)) || { \(Self.list) exit 1; }", prepare: "JET_YES=1\n" + change)
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("cannot be trusted: "), "\(outcome.error)")
        #expect(outcome.error.contains(reason), "\(outcome.error)")
        #expect(outcome.output == "")
    }

    @Test func `A key that has expired since it signed the archive is good`() async throws {
        let outcome = try await run(
            Self.prerequisites,
            prepare: """
                JET_YES=1
                rm served/all-keys.asc
                mkdir -m 700 old-key
                old_gpg() { gpg --homedir old-key --batch --quiet --faked-system-time "$@"; }
                old_gpg 20240916T000000 --passphrase '' --quick-gen-key old@example.org ed25519 sign 2y 2>/dev/null
                old_gpg 20260401T000000 --yes --output served/signature --detach-sign served/archive
                old_gpg 20260401T000000 --armor --export >served/all-keys.asc
                JET_SWIFT_FINGERPRINTS=$(old_gpg 20260401T000000 --with-colons --list-keys 2>/dev/null |
                    awk -F: '$1 == "fpr" { print $10; exit }')
                """)
        #expect(outcome.status == 0, "\(outcome.error)")
    }

    @Test(arguments: ["cut", "forgetful"])
    func `A download that breaks off is continued`(way: String) async throws {
        let outcome = try await run(Self.prerequisites + "cut -d' ' -f1,3 requests", prepare: "JET_YES=1; use \(way)")
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.contains("The download broke off at 1 MB; continuing"), "\(outcome.error)")
        let starts = outcome.output.split(separator: "\n").dropFirst().map { $0.split(separator: " ") }
        #expect(starts.count == (way == "cut" ? 5 : 6))
        #expect(starts[4][1] != "0", "It began at its start again: \(outcome.output)")
    }

    @Test func `If it breaks off again and again, the next run continues`() async throws {
        let outcome = try await run(
            "(\(Self.prerequisites)) || { ls cache/jet/downloads; use good; \(Self.prerequisites) tail -n 1 requests; }",
            prepare: "JET_YES=1; use broken")
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.contains(".tar.gz.part\n"), "\(outcome.output)")
        #expect(!outcome.output.hasSuffix(" 0\n"), "It began at its start again: \(outcome.output)")
    }

    @Test func `Without the network it names the files, and takes them when they are in the folder`() async throws {
        let outcome = try await run(
            """
            (\(Self.prerequisites)) 2>error || cat error >&2
            folder=$(sed -n 's/^and put them into \\(.*\\), with.*/\\1/p' error)
            name=$(sed -n 's,.*/\\(.*[.]gz\\)$,\\1,p' error | tail -n 1)
            cp served/archive "$folder/$name"
            cp served/signature "$folder/$name.sig"
            cp served/all-keys.asc "$folder"
            \(Self.prerequisites)
            """, prepare: "export JET_SWIFT_MIRROR=http://127.0.0.1:1")
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.contains("Or fetch these files on another machine:"), "\(outcome.error)")
        #expect(outcome.output == "Swift version 6.3.1\n")
    }

    @Test func `A file that the server does not have is reported by its address`() async throws {
        let outcome = try await run(Self.prerequisites, prepare: "JET_YES=1; use nothing")
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("The server answered with HTTP status 404: http://"), "\(outcome.error)")
    }

    @Test func `A disk without room is reported before the download, and one that fills meanwhile`() async throws {
        let before = try await run(
            "(\(Self.prerequisites)) || { cat requests; exit 1; }",
            prepare: "JET_YES=1; printf '#!/bin/sh\\necho Avail; echo 1000000' >programs/df; chmod +x programs/df")
        #expect(before.status == 1)
        #expect(before.error.contains(" and 1 MB are free."), "\(before.error)")
        #expect(!before.output.contains("GET"))
        let meanwhile = try await run(
            "(ulimit -f 100; \(Self.prerequisites)) || { ls cache/jet; \(Self.prerequisites) }", prepare: "JET_YES=1")
        #expect(meanwhile.status == 0, "\(meanwhile.error)")
        #expect(meanwhile.error.contains("Is the disk full?"), "\(meanwhile.error)")
        #expect(meanwhile.output == "downloads\ntoolchain.lock\nSwift version 6.3.1\n")
    }

    @Test func `Debian's package is taken if it is new enough`() async throws {
        let prepare = """
            JET_YES=1
            printf '#!/bin/sh\\necho "  Candidate: $candidate"' >programs/apt-cache
            printf '#!/bin/sh\\necho 0' >programs/id
            cat >programs/apt-get <<'END'
            #!/bin/sh
            case "$*" in
            *--print-uris*) echo "'http://deb.debian.org/swiftlang.deb' swiftlang.deb 565000000 SHA256:0" ;;
            *install*swiftlang) printf '#!/bin/sh\\necho Swift version 6.2.3' >programs/swift ;;
            esac
            END
            chmod +x programs/*
            """
        let enough = try await run(Self.prerequisites, prepare: "export candidate=6.2.3-1+b1\n" + prepare)
        #expect(enough.status == 0, "\(enough.error)")
        #expect(enough.output == "Swift version 6.2.3\n")
        #expect(enough.error.contains("these are 565 MB."), "\(enough.error)")
        let tooOld = try await run(Self.prerequisites, prepare: "export candidate=6.0.3-2\n" + prepare)
        #expect(tooOld.status == 0, "\(tooOld.error)")
        #expect(tooOld.output == "Swift version 6.3.1\n")
    }

    @Test(arguments: [
        ("ID=debian", "amd64", "2.36", "debian12/swift-R-RELEASE/swift-R-RELEASE-debian12.tar.gz"),
        ("ID=debian", "arm64", "2.41", "debian12-aarch64/swift-R-RELEASE/swift-R-RELEASE-debian12-aarch64.tar.gz"),
        ("ID=raspbian\nID_LIKE=debian", "armhf", "2.41", "There is Swift for amd64 and arm64"),
        ("ID=debian", "amd64", "2.31", "needs glibc 2.36 or newer, and this system has 2.31."),
        (
            "ID=linuxmint\nID_LIKE='ubuntu debian'\nUBUNTU_CODENAME=noble", "amd64", "2.39",
            "ubuntu2404/swift-R-RELEASE/swift-R-RELEASE-ubuntu24.04.tar.gz"
        ),
        ("ID=ubuntu\nID_LIKE=debian\nUBUNTU_CODENAME=questing", "amd64", "2.42", "for Ubuntu are for 22.04 and 24.04."),
        ("ID=fedora", "amd64", "2.42", "The scripts can fetch Swift for Debian and Ubuntu."),
    ])
    func `Each system gets the archive that fits it`(
        system: String, architecture: String, glibc: String, expected: String
    ) async throws {
        let outcome = try await Scripts.run(
            """
            . packaging/apt.sh
            . packaging/toolchain.sh
            find_archive os-release
            echo "${url:-$unsupported}"
            """,
            prepare: """
                printf '%s\\n' "\(system)" >os-release
                printf '#!/bin/sh\\necho \(architecture)' >programs/dpkg
                printf '#!/bin/sh\\necho glibc \(glibc)' >programs/getconf
                chmod +x programs/*
                archive="" url="" unsupported=""
                """)
        #expect(outcome.status == 0, "\(outcome.error)")
        let release = outcome.output.split(separator: "/").first { $0.hasPrefix("swift-") && $0.hasSuffix("-release") }
        let number = release?.dropFirst("swift-".count).dropLast("-release".count) ?? ""
        #expect(outcome.output.contains(expected.replacing("-R-", with: "-\(number)-")), "\(outcome.output)")
    }
}
