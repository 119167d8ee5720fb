# shellcheck shell=bash
# How the installed file is built: sourced by the scripts that need it, before build_release after prerequisites.sh.
#
#   release_options           the options of `swift build` for anything that is built as a release, as an array
#   release_build             the command, as an array; more arguments may follow, such as --show-bin-path
#   build_release             builds it, with its output on standard error
#   release_folder            prints the folder of the built jet-multicall
#   is_prebuilt               not empty if it is built already, for another architecture: build-deb sets
#                             JET_PREBUILT to the folder of jet-multicall, and JET_SCRATCH to what else is .build

is_prebuilt=${JET_PREBUILT-}

# The folder of the Swift toolchain.
swift_toolchain() { swift -print-target-info | sed -n 's|.*"runtimeResourcePath": "\(.*\)/lib/swift".*|\1|p'; }

# No RUNPATH: Swift is linked in, and the rest is the system's.
release_options=(-c release --static-swift-stdlib --disable-local-rpath)
# One commit, compiler and set of dependencies give the same file, in whichever folder it is built: no path of this machine
# is in it. The debugging information does not name the compiled modules of C, since their names depend on the folder.
if [ -z "$is_prebuilt" ]; then
    for map in "$(pwd -P)=." "$(swift_toolchain)=/usr"; do
        release_options+=(-Xswiftc -file-prefix-map -Xswiftc "$map")
        release_options+=(-Xcc "-ffile-prefix-map=$map" -Xcxx "-ffile-prefix-map=$map")
    done
    unset map
    release_options+=(-Xswiftc -Xfrontend -Xswiftc -no-clang-module-breadcrumbs)
fi

release_build=(swift build "${release_options[@]}" -Xlinker -T -Xlinker "$PWD/packaging/release.ld" --product jet-multicall)

# The pipe keeps the compiler's arguments the same with and without a terminal; otherwise it would build everything again.
# The debugging information names the folder of temporary files, in which the compiler writes what macros generate.
build_release() { [ -n "$is_prebuilt" ] || TMPDIR=/tmp "${release_build[@]}" 2>&1 | cat >&2; }

release_folder() { if [ -n "$is_prebuilt" ]; then echo "$is_prebuilt"; else "${release_build[@]}" --show-bin-path; fi; }
