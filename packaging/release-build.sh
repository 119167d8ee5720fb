# shellcheck shell=bash
# How the installed file is built: sourced by the scripts that need it, after prerequisites.sh.
#
#   release_options           the options of `swift build` for anything that is built as a release, as an array
#   release_build             the command, as an array; more arguments may follow, such as --show-bin-path
#   build_release             builds it, with its output on standard error
#   release_folder            prints the folder of the built jet-multicall

# The folder of the Swift toolchain.
swift_toolchain() { swift -print-target-info | sed -n 's|.*"runtimeResourcePath": "\(.*\)/lib/swift".*|\1|p'; }

# One commit gives the same file, in whichever folder it is built: the versions of the dependencies are those of
# Package.resolved, and no path of this machine is in the result.
release_options=(-c release --static-swift-stdlib --disable-local-rpath --force-resolved-versions)
for map in "$(pwd -P)=." "$(swift_toolchain)=/usr"; do
    release_options+=(-Xswiftc -file-prefix-map -Xswiftc "$map")
    release_options+=(-Xcc "-ffile-prefix-map=$map" -Xcxx "-ffile-prefix-map=$map")
done
unset map

# No RUNPATH: Swift is linked in, and the rest is the system's.
release_build=(swift build "${release_options[@]}" --product jet-multicall)

# The pipe keeps the compiler's arguments the same with and without a terminal; otherwise it would build everything again.
build_release() { "${release_build[@]}" 2>&1 | cat >&2; }

release_folder() { "${release_build[@]}" --show-bin-path; }
