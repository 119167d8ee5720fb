import Glibc
import TestSupport

/// A small checkout for tests of the scripts that make releases: it has these scripts and the files that they change, and
/// `packaging/build-deb` is replaced by one that makes an empty package of the right version.
enum ScriptCheckout {
    /// Runs a script of bash in such a checkout, which is committed and has no tag. `$folder` is the folder that the
    /// checkout `jet` is in; it is removed afterwards.
    static func run(_ script: String) async throws -> (status: Int32, output: String, error: String) {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let bash = try ChildProcess(
            "/bin/bash", ["-euo", "pipefail", "-c", prepare + script],
            environment: ["PATH": path, "CHECKOUT": Repository.root, "LC_ALL": "C.UTF-8"])
        return (try await bash.end(), bash.text(), bash.text(.error))
    }

    /// Whether the programs that make packages and repositories are installed.
    static var hasPrograms: Bool {
        ["gpg", "apt-ftparchive", "apt-get", "dpkg-deb", "dpkg-source", "xz", "git"]
            .allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }
    }

    private static let prepare = """
        folder=$(mktemp -d /tmp/jet-release.XXXXXX)
        trap 'gpgconf --kill gpg-agent 2>/dev/null || true; rm -rf "$folder"' EXIT
        export HOME=$folder XDG_CACHE_HOME=$folder/cache GNUPGHOME=$folder/gnupg
        export GIT_AUTHOR_NAME=pat GIT_AUTHOR_EMAIL=pat@example.org
        export GIT_COMMITTER_NAME=pat GIT_COMMITTER_EMAIL=pat@example.org
        mkdir -p "$folder/jet/packaging" "$folder/jet/Sources/Wire/JetProtocol"
        cd "$folder/jet"
        cp "$CHECKOUT"/packaging/{version,release,apt-repository,previous-deb,apt.sh,checkout.sh} packaging
        cp -r "$CHECKOUT/packaging/debian" packaging/debian
        cp "$CHECKOUT/Sources/Wire/JetProtocol/Release.swift" Sources/Wire/JetProtocol
        echo .build >.gitignore

        # package VERSION ARCHITECTURE FOLDER: makes one.
        package() {
            mkdir -p "$folder/tree/DEBIAN" "$3"
            printf '%s\\n' 'Package: jet' "Version: $1" "Architecture: $2" 'Maintainer: Pat <pat@example.org>' \\
                'Depends: libc6 (>= 2.36)' 'Description: a test' >"$folder/tree/DEBIAN/control"
            dpkg-deb --root-owner-group -Znone --build "$folder/tree" "$3/jet_$1_$2.deb" >/dev/null
        }
        {
            echo '#!/bin/bash'
            echo 'set -euo pipefail'
            echo 'architecture=$(dpkg --print-architecture)'
            echo 'if [ "$1" = --arch ]; then architecture=$2; shift 2; fi'
            echo "folder=$folder"
            declare -f package
            echo 'cd "$(dirname "$0")/.."'
            echo 'package "$(packaging/version --check)" "$architecture" "$1"'
            echo 'echo "$(packaging/version) $architecture" >>"$folder/builds"'
        } >packaging/build-deb
        chmod +x packaging/build-deb
        git init --quiet
        git add --all
        git commit --quiet --message 'The first commit'

        # commit VERSION: prepares a release and commits it.
        commit() {
            echo 'Something is new.' >"$folder/changes"
            packaging/release prepare "$1" --changes "$folder/changes" >/dev/null 2>"$folder/log" ||
                { cat "$folder/log" >&2; return 1; }
            git commit --quiet --all --message "Jet $1"
        }
        make_key() {
            mkdir -m 700 "$GNUPGHOME"
            gpg --batch --quiet --passphrase '' --quick-generate-key 'Test <test@example.org>' ed25519 sign never 2>/dev/null
        }
        # private_apt COMMAND...: apt, which knows nothing but the repository in $folder/repository.
        private_apt() {
            mkdir -p "$folder/apt"/{etc/apt/sources.list.d,etc/apt/preferences.d,var/lib/apt/lists/partial,var/cache/apt/archives/partial}
            mkdir -p "$folder/apt/var/lib/dpkg"
            touch "$folder/apt/var/lib/dpkg/status"
            cp "$folder/repository/jet.sources" "$folder/apt/etc/apt/sources.list.d"
            "$1" -o Dir="$folder/apt" -o Dir::State::status="$folder/apt/var/lib/dpkg/status" \\
                -o Dir::Etc::trusted=/dev/null -o Dir::Etc::trustedparts=/dev/null \\
                -o APT::Architecture=amd64 -o APT::Architectures=amd64 -o APT::Sandbox::User=root "${@:2}"
        }

        """
}
