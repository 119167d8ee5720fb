import JetProtocol
import TestSupport
import Testing

/// `packaging/release` and `packaging/previous-deb`, with a package that stands in for the real one.
@Suite("Releases", .timeLimit(.minutes(1)), .enabled(if: ScriptCheckout.hasPrograms))
struct ReleaseTests {
    @Test func `Preparing a release writes its version and its changelog entry and says how to go on`() async throws {
        let outcome = try await ScriptCheckout.run(
            """
            cat >"$folder/changes" <<'END'
            # A note to oneself
            * The first change, which has many more words than fit on one line of a changelog, so it is folded.

            The second change
            END
            cd "$folder"
            jet/packaging/release prepare 7.0.0 --changes changes >diff
            grep -q '^+    public static let version = "7.0.0"$' diff
            cd jet
            packaging/version --check
            head -n 8 packaging/debian/changelog
            """)
        #expect(outcome.status == 0, "\(outcome.error)")
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.prefix(7) == [
                "7.0.0", "jet (7.0.0) bookworm; urgency=medium", "",
                "  * The first change, which has many more words than fit on one line of a",
                "    changelog, so it is folded.", "  * The second change", "",
            ])
        #expect(lines[7].hasPrefix(" -- The Jet for Linux authors <jet@example.org>  "))
        #expect(outcome.error.contains("git tag -a -m 'Jet 7.0.0' 7.0.0"))
    }

    @Test(
        arguments: [
            ("packaging/release prepare 0.0.1", "0.0.1 is not newer than \(Release.version)"),
            ("packaging/release prepare 7.0", "'7.0' is not one"),
            ("git tag 7.0.0; packaging/release prepare 7.0.0", "There is a tag 7.0.0 already"),
            ("touch new; packaging/release prepare 7.0.0", "changes that are not committed"),
            ("packaging/release prepare 7.0.0 </dev/null", "give the changes with --changes FILE"),
            ("packaging/release prepare 7.0.0 --changes /dev/null", "There is no file /dev/null"),
            ("echo '#' >../c; packaging/release prepare 7.0.0 --changes ../c", "There is no change to write"),
            ("packaging/release 7.0.0", "packaging/release prepare 7.0.0"),
            ("packaging/release \(Release.version)", "git tag -a -m 'Jet \(Release.version)' \(Release.version)"),
            (
                "git tag \(Release.version); git commit -q --allow-empty -m later; packaging/release \(Release.version)",
                "git checkout \(Release.version)"
            ),
            (
                "git tag \(Release.version); mkdir -m 700 ../gnupg; packaging/release \(Release.version) --key pat",
                "gpg has no secret key 'pat'"
            ),
        ]
    )
    func `A release that cannot be made is refused, with what to do, and nothing is written`(
        command: String, message: String
    ) async throws {
        let outcome = try await ScriptCheckout.run(
            """
            status=0
            (\(command)) || status=$?
            [ "$status" != 0 ]
            [ -z "$(git status --porcelain | grep -v 'new$')" ]
            [ ! -e "$folder/builds" ]
            """)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.contains(message), "\(outcome.error)")
    }

    @Test func `A version that differs from the changelog's is refused with what to do`() async throws {
        let outcome = try await ScriptCheckout.run(
            "sed -i '1s/(.*)/(0.0.9)/' packaging/debian/changelog; packaging/version --check")
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("newest entry of packaging/debian/changelog is of 0.0.9"))
        #expect(outcome.error.contains("packaging/release prepare VERSION writes both"))
    }

    @Test func `A release has packages, source package, checksums and a signed repository with former releases`()
        async throws
    {
        let outcome = try await ScriptCheckout.run(
            """
            make_key
            for version in 7.0.0 7.1.0; do
                commit $version
                git tag -a -m "Jet $version" $version
                packaging/release $version --key test@example.org --output ../release --repository ../repository \\
                    --url file:"$folder/repository" >/dev/null 2>>"$folder/log" || { cat "$folder/log" >&2; exit 1; }
            done
            [ -z "$(git status --porcelain)" ]
            cd ../release
            ls
            sha256sum --quiet --check SHA256SUMS
            gpg --quiet --verify SHA256SUMS.asc SHA256SUMS 2>/dev/null
            tar --list --file jet_7.1.0.tar.xz | grep -E '^[^/]*/(debian/changelog|packaging/version|[.]build.*)$'
            cd ..
            private_apt apt-get update >/dev/null
            private_apt apt-cache madison jet | sed 's/ file:[^ ]*//; s/ \\+/ /g'
            """)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(
            outcome.output == """
                SHA256SUMS
                SHA256SUMS.asc
                jet_7.1.0.dsc
                jet_7.1.0.tar.xz
                jet_7.1.0_amd64.deb
                jet_7.1.0_arm64.deb
                jet-7.1.0/debian/changelog
                jet-7.1.0/packaging/version
                 jet | 7.1.0 | stable/main amd64 Packages
                 jet | 7.0.0 | stable/main amd64 Packages
                 jet | 7.0.0 | stable/main Sources
                 jet | 7.1.0 | stable/main Sources

                """)
    }

    @Test func `The source package of a commit is the same whoever makes it`() async throws {
        let outcome = try await ScriptCheckout.run(
            """
            git tag \(Release.version)
            packaging/release \(Release.version) --output ../one --arch "$(dpkg --print-architecture)" >/dev/null 2>&1
            umask 077
            git clone --quiet "$folder/jet" "$folder/other"
            cd "$folder/other"
            find . -type f -exec touch --date=2001-01-01 {} +
            TZ=Asia/Tokyo packaging/release \(Release.version) --output ../two --arch "$(dpkg --print-architecture)" \\
                >/dev/null 2>&1
            cmp ../one/jet_*.dsc ../two/jet_*.dsc
            """)
        #expect(outcome.status == 0, "\(outcome.error)")
    }

    @Test func `The release before is built from the newest older tag, once`() async throws {
        let outcome = try await ScriptCheckout.run(
            """
            for version in 7.0.0 7.9.0 7.10.0 8.0.0; do commit $version; git tag $version; done
            package 8.0.0 amd64 "$folder/new"
            for round in 1 2; do
                packaging/previous-deb ../new/jet_8.0.0_amd64.deb ../previous.deb 2>/dev/null
                dpkg-deb --field ../previous.deb Version
            done
            cat "$folder/builds"
            """)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output == "7.10.0\n7.10.0\n7.10.0 amd64\n")
    }

    @Test func `Before there is a tag, the package itself stands in as an older version`() async throws {
        let outcome = try await ScriptCheckout.run(
            """
            package 8.0.0 arm64 "$folder/new"
            packaging/previous-deb ../new/jet_8.0.0_arm64.deb ../previous.deb
            dpkg-deb --field ../previous.deb Version Architecture
            """)
        #expect(outcome.output == "Version: 0.0.1\nArchitecture: arm64\n", "\(outcome.error)")
    }
}
