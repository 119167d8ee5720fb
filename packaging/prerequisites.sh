# What must be on the machine before Jet can be built; sourced by the scripts beside it. Missing Debian packages are
# installed; a missing Swift toolchain is not, since it is not in Debian: the user is told where it comes from.

# `also_needed` names programs that the caller needs besides.

# Each argument a line, for people.
say() { printf '%s\n' "$@" >&2; }
die() { say "$@"; exit 1; }

# Prints the names of the Debian packages that are missing: each is asked for by what it is needed for, so that it does
# not matter where that came from.
missing_packages() {
    command -v git >/dev/null || echo git
    [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
    [ -e /usr/include/stdio.h ] || echo libc6-dev
    compgen -G '/usr/lib/gcc/*/*/libstdc++.so' >/dev/null || echo g++
    [ -e /usr/include/toml++/toml.h ] || echo libtomlplusplus-dev
    if command -v pkg-config >/dev/null; then
        pkg-config --exists libcrypt || echo libcrypt-dev
        pkg-config --exists libsystemd || echo libsystemd-dev
        pkg-config --exists libudev || echo libudev-dev
    else
        echo pkg-config libcrypt-dev libsystemd-dev libudev-dev
    fi
    # What only some callers need: a program, with its package behind a colon if that is called otherwise.
    local need
    for need in ${also_needed-}; do
        [ -x "/usr/bin/${need%:*}" ] || [ -x "/usr/sbin/${need%:*}" ] || echo "${need#*:}"
    done
}

install_missing_packages() {
    local missing
    missing=$(missing_packages | xargs)
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null ||
        die "Jet needs what Debian calls: $missing" "There is no apt-get here; install them and start again."
    local root=()
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
            root=(sudo)
        else
            die "Jet needs some Debian packages, and this user cannot install them. As root:" \
                "    apt-get install $missing"
        fi
    fi
    say "Installing $missing"
    # shellcheck disable=SC2086 # names of packages, one a word
    {
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
            "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
    } >&2 || die "The packages could not be installed: $missing"
}

require_swift() {
    local version
    version=$({ swift --version 2>/dev/null || true; } |
        sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
    local major=${version% *} minor=${version#* }
    if [ -z "$version" ]; then
        say "Jet needs Swift 6.2 or newer, and there is no 'swift' in the PATH."
    elif [ "$major" -lt 6 ] || { [ "$major" = 6 ] && [ "$minor" -lt 2 ]; }; then
        say "Jet needs Swift 6.2 or newer; this is $major.$minor ($(command -v swift))."
    else
        return 0
    fi
    die "It is not in Debian. https://www.swift.org/install/linux/ has it for Debian 12, as an archive to unpack" \
        "or by the installer swiftly, without root. Then start again with its usr/bin in the PATH."
}

install_missing_packages
require_swift
