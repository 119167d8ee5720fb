import TestSupport
import Testing

/// `packaging/apt-repository`: what it makes, as apt sees it.
@Suite("The apt repository", .timeLimit(.minutes(1)), .enabled(if: ScriptCheckout.hasPrograms))
struct AptRepositoryTests {
    /// Makes a repository of one package.
    private let first = """
        make_key
        package 1.0 amd64 "$folder/packages"
        packaging/apt-repository ../repository --key test@example.org --url file:"$folder/repository" \\
            ../packages/jet_1.0_amd64.deb 2>/dev/null

        """

    @Test func `apt takes it by its jet.sources alone, and a new package leaves the former ones`() async throws {
        let outcome = try await ScriptCheckout.run(
            first + """
                package 2.0 amd64 "$folder/packages"
                package 2.0 arm64 "$folder/packages"
                packaging/apt-repository ../repository --key test@example.org ../packages/jet_2.0_*.deb 2>/dev/null
                private_apt apt-get update >/dev/null
                private_apt apt-cache madison jet | tr -d ' ' | cut -d'|' -f2
                cd "$folder"
                private_apt apt-get download jet=1.0 >/dev/null
                cmp jet_1.0_amd64.deb packages/jet_1.0_amd64.deb
                grep -c '^Filename: pool/main/j/jet/jet_2.0_arm64.deb$' \\
                    repository/dists/stable/main/binary-arm64/Packages
                ls -A repository
                """)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(
            outcome.output == """
                2.0
                1.0
                1
                dists
                jet-archive-keyring.asc
                jet-archive-keyring.gpg
                jet.sources
                pool

                """)
    }

    @Test(
        arguments: [
            ("is not signed", "rm dists/stable/InRelease dists/stable/Release.gpg"),
            ("was changed", "rm dists/stable/Release.gpg; sed -i 's/^Label: Jet/Label: Jot/' dists/stable/InRelease"),
            (
                "is signed with another key",
                """
                gpg --batch --quiet --passphrase '' --quick-generate-key other@example.org ed25519 sign never 2>/dev/null
                rm dists/stable/Release.gpg
                gpg --quiet --yes --local-user other@example.org --output dists/stable/InRelease --clear-sign \
                    dists/stable/Release
                """
            ),
        ])
    func `apt refuses it if it`(reason: String, change: String) async throws {
        let outcome = try await ScriptCheckout.run(
            first + """
                (cd ../repository; \(change))
                ! private_apt apt-get update 2>&1 || exit 3
                [ -z "$(private_apt apt-cache madison jet)" ]
                """)
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.error)")
    }

    @Test func `Another content under a version that is there is refused, and nothing changes`() async throws {
        let outcome = try await ScriptCheckout.run(
            first + """
                sum() { (cd ../repository; find . -type f -exec sha256sum {} + | sort); }
                sum >../before
                echo changed >"$folder/tree/file"
                package 1.0 amd64 "$folder/others"
                package 2.0 amd64 "$folder/others"
                ! packaging/apt-repository ../repository --key test@example.org ../others/jet_{2.0,1.0}_amd64.deb || exit 3
                sum | diff ../before -
                """)
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.error)")
        #expect(outcome.error.contains("has another jet_1.0_amd64.deb already"), "\(outcome.error)")
    }

    @Test func `Without a key that gpg has, nothing is made`() async throws {
        let outcome = try await ScriptCheckout.run(
            """
            make_key
            package 1.0 amd64 "$folder/packages"
            ! packaging/apt-repository ../repository ../packages/jet_1.0_amd64.deb || exit 3
            ! packaging/apt-repository ../repository --key pat ../packages/jet_1.0_amd64.deb || exit 3
            [ ! -e ../repository ]
            """)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.error.contains("name a secret key with --key KEY"), "\(outcome.error)")
        #expect(outcome.error.contains("gpg has no secret key 'pat'"), "\(outcome.error)")
    }
}
