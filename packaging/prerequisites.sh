# shellcheck shell=bash
# What building Jet needs; sourced by the scripts beside it. Missing Debian packages are installed. A missing Swift
# toolchain is fetched if the user agrees, see toolchain.sh: --yes as the first argument is a yes, and is removed from the
# arguments of the script.
#
# A script that needs more programs names them in `also_needed` before it sources this file, each as PROGRAM, or as
# PROGRAM:PACKAGE if the Debian package has another name.

. packaging/apt.sh
. packaging/toolchain.sh

[ "${1-}" != --yes ] || { JET_YES=1 && export JET_YES && shift; }

# Prints the names of the missing Debian packages. The test is for the files that are needed, so that it does not matter
# how they were installed.
missing_packages() {
    command -v git >/dev/null || echo git
    [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
    [ -e /usr/include/stdio.h ] || echo libc6-dev
    compgen -G '/usr/lib/gcc/*/*/libstdc++.so' >/dev/null || echo g++
    [ -e /usr/include/toml++/toml.h ] || echo libtomlplusplus-dev
    [ -e /usr/include/crypt.h ] || echo libcrypt-dev
    [ -e /usr/include/systemd/sd-bus.h ] || echo libsystemd-dev
    [ -e /usr/include/libudev.h ] || echo libudev-dev
    local need
    for need in ${also_needed-}; do
        [ -x "/usr/bin/${need%:*}" ] || [ -x "/usr/sbin/${need%:*}" ] || echo "${need#*:}"
    done
}

install_missing_packages() {
    local names
    mapfile -t names < <(missing_packages)
    [ "${#names[@]}" = 0 ] || install_packages "${names[@]}" || exit 1
}

# Swift's compiler refuses the modules of a .build folder that was made at another path, with an error for each file
# that it compiles. A compiled module names the folder in which it was made, as a text between two zero bytes; those of a
# release do not (release-build.sh), and are compiled again in another place.
refuse_moved_build() {
    local module made_in
    for module in .build/*-*-*/*/ModuleCache/*/SwiftShims-*.pcm; do
        [ -e "$module" ] || continue
        mapfile -t made_in < <(tr '\0' '\n' <"$module" | LC_ALL=C grep -axE '/[[:print:]]{2,}' | grep -vE '/swift(_static)?/shims$')
        [ "${#made_in[@]}" -gt 0 ] || continue
        ! printf '%s\n' "${made_in[@]}" | grep -qxFe "$PWD" -e "$(pwd -P)" || continue
        die "This checkout has been moved or copied: its folder .build was made in ${made_in[0]}, and Swift cannot" \
            "continue a build in another place. Remove it, and start again; the next build takes some minutes:" \
            "    rm -rf '$PWD/.build'"
    done
}

install_missing_packages
use_swift
refuse_moved_build
