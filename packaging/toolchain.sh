# shellcheck shell=bash
# The Swift toolchain; sourced by prerequisites.sh, after apt.sh.
#
#   use_swift       puts a toolchain that is new enough for Package.swift into the PATH, or ends with 1
#
# It takes the first of these:
#
#   1. the `swift` in the PATH, if it is new enough;
#   2. the toolchain that an earlier run has put into ~/.cache/jet;
#   3. Debian's package swiftlang, if it is new enough (sid and later; Debian 12 has none, and 13 has 6.0);
#   4. the release of swift.org that is named below, into ~/.cache/jet, verified by its signature.
#
# Before 3 and 4 it says what it fetches and how large that is, and asks. --yes as the first argument of a script, JET_YES=1
# and CI=true in the environment are a yes.
#
# For mirrors, and for tests:
#
#   JET_SWIFT_MIRROR         in place of https://download.swift.org; the folders and files below have the same names
#   JET_SWIFT_KEYS           in place of https://www.swift.org/keys/all-keys.asc
#   JET_SWIFT_FINGERPRINTS   for a mirror that signs the archives itself: the fingerprints of its keys, with spaces between

. packaging/download.sh

# The newest release with which the checkout was tried.
swift_release=6.3.1

# Each release is signed by the key of its series; snapshots have another key, which is not accepted here. The fingerprints
# are published at https://www.swift.org/keys/active/.
swift_fingerprints=(
    52BB7E3DE28A71BE22EC05FFEF80A866B47A981F # Swift 6.x Release Signing Key <swift-infrastructure@forums.swift.org>
)
[ -z "${JET_SWIFT_FINGERPRINTS-}" ] || read -ra swift_fingerprints <<<"$JET_SWIFT_FINGERPRINTS"

swift_mirror=${JET_SWIFT_MIRROR:-https://download.swift.org}
swift_keys=${JET_SWIFT_KEYS:-https://www.swift.org/keys/all-keys.asc}

jet_cache=${XDG_CACHE_HOME:-${HOME-}/.cache}/jet
swift_downloads=$jet_cache/downloads

use_swift() {
    local minimum version why
    minimum=$(sed -n '1s,^// swift-tools-version: *\([0-9.]*\).*,\1,p' Package.swift)
    version=$(swift_version)
    ! is_enough "$version" || return 0
    why="Jet needs Swift $minimum or newer, and there is no 'swift' in the PATH."
    [ -z "$version" ] || why="Jet needs Swift $minimum or newer; this is $version ($(command -v swift))."
    local archive="" url="" unsupported=""
    find_archive /etc/os-release
    local toolchain=$jet_cache/toolchain-$swift_release-$archive
    if [ -n "$archive" ] && [ -e "$toolchain/stamp" ]; then
        use_toolchain
    elif is_enough "$(PATH=$debian_swift:/usr/bin swift_version)"; then
        PATH=$debian_swift:$PATH
    elif is_enough "$(debian_candidate)"; then
        say "$why"
        install_debian_swift
    else
        say "$why"
        [ -n "$archive" ] || die "$unsupported"
        (fetch_toolchain) || exit 1
        use_toolchain
    fi
}

# Prints the version of the swift in the PATH, such as 6.3.1, or nothing.
swift_version() {
    { swift --version 2>/dev/null || true; } | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1
}

# is_enough VERSION: whether it is at least the $minimum of the caller.
is_enough() { [ -n "$1" ] && printf '%s\n' "$minimum" "$1" | sort --check=quiet --version-sort; }

# --- Debian's package

# Whether there is also a /usr/bin/swift depends: another package has a program of that name, and debconf asks.
debian_swift=/usr/libexec/swift/bin

debian_candidate() {
    LC_ALL=C apt-cache policy swiftlang 2>/dev/null | sed -n 's/^ *Candidate: \([0-9][0-9.]*\).*/\1/p'
}

install_debian_swift() {
    local size
    size=$(apt-get --print-uris -qq --no-install-recommends install swiftlang 2>/dev/null | awk '{ sum += $3 } END { print sum }')
    ask "Debian has Swift $(debian_candidate), as its package swiftlang. With what it needs, these are $(megabytes "$size") MB." \
        "Install it?"
    install_packages swiftlang || exit 1
    hash -r
    is_enough "$(swift_version)" || PATH=$debian_swift:$PATH
    is_enough "$(swift_version)" ||
        die "Debian's package swiftlang is installed, but there is no Swift $minimum in $debian_swift."
}

# --- The archive of swift.org

# find_archive OS-RELEASE: sets $archive to what swift.org calls this system, and $url to the archive's address; or
# $unsupported to the reason why there is none.
#
# For Swift 6.3 swift.org has archives for Debian 12, but none for 13. The one for 12 also runs on newer Debian releases as
# long as they have its libraries: its libxml2.so.2 is in 13, and later releases have a swiftlang that is new enough.
find_archive() {
    local system=debian12 glibc=2.36 suffix has
    # shellcheck source=/dev/null
    case $(. "$1" && echo "${UBUNTU_CODENAME-} ${ID-} ${ID_LIKE-}") in
    jammy\ *) system=ubuntu22.04 glibc=2.35 ;;
    noble\ *) system=ubuntu24.04 glibc=2.39 ;;
    *ubuntu* | [a-z]*\ *) unsupported="swift.org's archives for Ubuntu are for 22.04 and 24.04." ;;
    *debian* | *raspbian*) ;;
    *) unsupported="The scripts can fetch Swift for Debian and Ubuntu." ;;
    esac
    case $(dpkg --print-architecture 2>/dev/null) in
    amd64) suffix="" ;;
    arm64) suffix=-aarch64 ;;
    *) unsupported="There is Swift for amd64 and arm64 (as 'dpkg --print-architecture' names them), and this is neither." ;;
    esac
    has=$(getconf GNU_LIBC_VERSION | tr -dc '0-9.')
    printf '%s\n' "$glibc" "$has" | sort --check=quiet --version-sort ||
        unsupported="The oldest archive of swift.org that could do needs glibc $glibc or newer, and this system has $has."
    if [ -n "$unsupported" ]; then
        unsupported+=" https://www.swift.org/install/linux/ tells what else there is; put its usr/bin into the PATH."
        return
    fi
    archive=$system$suffix
    local name=swift-$swift_release-RELEASE
    url=$swift_mirror/${name,,}/${archive//./}/$name/$name-$archive.tar.gz
}

# Downloads, verifies and unpacks the archive at $url to $toolchain; ends with 1 if that fails. Runs in a subshell, so that
# the lock is not inherited by what the script starts later.
fetch_toolchain() {
    local file=$swift_downloads/${url##*/} keys=$swift_downloads/${swift_keys##*/} size
    mkdir -p "$swift_downloads" || exit 1
    exec {lock}>"$jet_cache/toolchain.lock"
    flock --nonblock "$lock" || { say "Waiting until another script has fetched it ..." && flock "$lock"; }
    [ ! -e "$toolchain/stamp" ] || exit 0
    install_programs curl gpg
    if [ -e "$file" ] && [ -e "$file.sig" ] && [ -e "$keys" ]; then
        size=$(stat --format=%s "$file")
        say "Using the files in $swift_downloads"
        require_space $((size * 4))
    else
        [ ! -e "$file" ] || size=$(stat --format=%s "$file")
        [ -e "$file" ] || size=$(remote_size "$url") || by_hand
        # swift.org does not tell the unpacked size; a release is between three and four times as large.
        require_space $((size * 5))
        ask "Swift $swift_release can be fetched. It is verified by its signature, and the system is not changed:" \
            "    from  $url ($(megabytes "$size") MB)" \
            "    to    $toolchain (about $(megabytes $((size * 4))) MB)" \
            "Fetch it?"
        [ -e "$keys" ] || download "$swift_keys" "$keys" || by_hand
        [ -e "$file.sig" ] || download "$url.sig" "$file.sig" || by_hand
        [ -e "$file" ] || download "$url" "$file" "$size" || by_hand
    fi
    verify "$file" "$keys"
    unpack "$file"
    rm -f "$file" "$file.sig" "$keys"
    say "Swift $swift_release is in $toolchain. The scripts use it; to use it in a shell:" \
        "    export PATH=$toolchain/usr/bin:\$PATH"
}

# Says what to do without the network, and ends with 1.
by_hand() {
    say "Start again when it works; what has come is kept. Or fetch these files on another machine:" \
        "    $url" "    $url.sig" "    $swift_keys" \
        "and put them into $swift_downloads, with the names that they have."
    exit 1
}

# verify FILE KEYS: ends with 1, and removes all of them, unless FILE is signed by a pinned key.
verify() {
    local file=$1 keys=$2 home status wrong
    say "Verifying the signature ..."
    home=$(mktemp -d) || exit 1
    local gpg=(gpg --homedir "$home" --batch --quiet --no-tty --no-autostart)
    # Keys that this gpg does not accept do not matter, as long as the one that is needed is among the others.
    "${gpg[@]}" --import "$keys" 2>/dev/null || true
    status=$("${gpg[@]}" --status-fd 1 --verify "$file.sig" "$file" 2>/dev/null) || true
    rm -rf "$home"
    # Each signature starts with NEWSIG. A key that has expired since it signed is good (EXPKEYSIG), a revoked one is not.
    # VALIDSIG names the fingerprint of the primary key last.
    wrong=$(awk -v pinned="${swift_fingerprints[*]^^}" '
        BEGIN { split(pinned, list, " "); for (i in list) known[list[i]] = 1; reason = "there is no signature in the file" }
        $2 == "NEWSIG" { good = 0 }
        $2 == "GOODSIG" || $2 == "EXPKEYSIG" { good = 1; reason = "it is signed by another key, " $3 }
        $2 == "REVKEYSIG" { reason = "the key that signed it, " $3 ", has been revoked" }
        $2 == "EXPSIG" { reason = "the signature has expired" }
        $2 == "BADSIG" { reason = "it is not what was signed" }
        $2 == "ERRSIG" { reason = "it is signed by a key that is not among the keys, " $3 }
        $2 == "VALIDSIG" && good && ($NF in known) { is_valid = 1 }
        END { if (!is_valid) print reason }' <<<"$status")
    [ -n "$wrong" ] || return 0
    [ "$(head -c 2 "$file" | od -An -tx1)" = " 1f 8b" ] ||
        wrong+=". It is no archive either; does this network show a page in place of what is asked for?"
    rm -f "$file" "$file.sig" "$keys"
    die "${file##*/} cannot be trusted: $wrong" "The archive, its signature and the keys are removed; start again."
}

# unpack FILE: beside its place, so that there is only a complete toolchain or none.
unpack() {
    local new=$toolchain.new
    say "Unpacking ..."
    rm -rf "$new" "$toolchain"
    if ! { mkdir "$new" && tar --extract --gzip --file="$1" --directory="$new" --strip-components=1 --no-same-owner &&
        echo "${1##*/}" >"$new/stamp" && mv "$new" "$toolchain"; }; then
        rm -rf "$new"
        die "Cannot unpack $1 into $jet_cache. Is the disk full? The archive is kept; make room, and start again."
    fi
}

# --- The unpacked toolchain

use_toolchain() {
    PATH=$toolchain/usr/bin:$PATH
    local packages
    mapfile -t packages < <(missing_libraries | sort --unique)
    [ "${#packages[@]}" = 0 ] || install_packages "${packages[@]}" || exit 1
    is_enough "$(swift_version)" ||
        die "The toolchain does not run here, or is too old. If that stays so, remove $toolchain." \
            "Its 'swift --version' says:" "$("$toolchain/usr/bin/swift" --version 2>&1 || true)"
}

# Prints the Debian packages of the libraries that are missing for what a build runs and for what it links. A package is
# named by its library, with few exceptions; where Debian has renamed it since (libcurl4t64), apt knows the former name.
missing_libraries() {
    local usr=$toolchain/usr file
    for file in "$usr"/bin/{swift-driver,swift-frontend,swift-package,swift-build-tool,swift-format,clang,lld} \
        "$usr"/lib/swift/linux/libFoundation{,Networking,XML}.so; do
        [ ! -e "$file" ] || ldd "$file" 2>/dev/null || true
    done | sed -n 's/^[[:space:]]*\(.*\)\.so\.\([0-9]*\).* => not found$/\1 \2/p' | while read -r name number; do
        case $name in
        libxml2) echo libxml2 ;;
        libz) echo zlib1g ;;
        *[0-9]) echo "$name-$number" ;;
        *) echo "$name$number" ;;
        esac
    done
}

# --- Small things

# ask LINE... QUESTION: returns if the user agrees, else ends with 1.
ask() {
    local answer=""
    say "${@:1:$#-1}"
    case ${JET_YES-},${CI-} in
    ,|,false|,0) ;;
    *) return 0 ;;
    esac
    [ -t 0 ] || die "This is no terminal to ask at. Start again with --yes as the first argument, or with JET_YES=1 in the" \
        "environment; or put a Swift toolchain into the PATH."
    printf '%s [y/N] ' "${*: -1}" >&2
    read -r answer || true
    [[ $answer =~ ^[Yy] ]] || die "Nothing was fetched. Jet needs a Swift toolchain; its usr/bin must be in the PATH."
}

# install_programs PROGRAM...: installs those that are missing; each is also the name of its package.
install_programs() {
    local program absent=()
    for program; do
        command -v "$program" >/dev/null || absent+=("$program")
    done
    [ "${#absent[@]}" = 0 ] || install_packages "${absent[@]}" || exit 1
}

# require_space BYTES: ends with 1 if there is less free for the toolchain.
require_space() {
    local free
    free=$(df --output=avail --block-size=1 "$jet_cache" | tail -n 1 | tr -d ' ')
    [ "$free" -ge "$1" ] || die "The toolchain needs $(megabytes "$1") MB in $jet_cache, and $(megabytes "$free") MB are free." \
        "Make room, or set XDG_CACHE_HOME to a folder on a larger disk."
}
