# shellcheck shell=bash disable=SC2034 # used by those who source it
# What the scripts beside it have in common; they source it from the root of the checkout.
#
# Two folders with a Debian system each are the environment, made by packaging/cross/environment:
#
#   $compiler      Debian sid for this machine, with Swift. It runs only there: its libraries are newer than Debian 12's.
#   $target        Debian 12 with the libraries of arm64: what the programs are linked with, where the package is
#                  assembled, and where qemu-user finds what the programs need.

. packaging/apt.sh

cache=${XDG_CACHE_HOME:-$HOME/.cache}/jet/cross
compiler=$cache/compiler-arm64/root
target=$cache/target-arm64/root

# The folder of a cross-build in the checkout, and what is built in it.
scratch=.build-arm64
built=$scratch/aarch64-unknown-linux-gnu/release

# Where both systems have this checkout. It is always the same, so that what is built does not tell where it was built.
source_in_root=/src

# in_own_namespace ARGUMENT...: starts this script again as root of a mount namespace of its own, so that it may mount and
# chroot, and nothing of that remains. Another user becomes root of a user namespace, with the users that /etc/subuid
# gives it.
in_own_namespace() {
    [ -z "${JET_NAMESPACE-}" ] || return 0
    local flags=(--mount --propagation private)
    if [ "$(id -u)" != 0 ]; then
        flags+=(--user --map-root-user --map-auto)
        { grep -qE "^($(id -un)|$(id -u)):" /etc/subuid && unshare "${flags[@]}" true; } 2>/dev/null ||
            die "Building for another architecture needs namespaces, which this user may not make. As root, either run" \
                "this command, or allow it to this user:" \
                "    apt-get install uidmap && usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)"
    fi
    # HOME stays that of the user, and with it the cache.
    JET_NAMESPACE=yes exec unshare "${flags[@]}" -- "packaging/cross/${0##*/}" "$@"
}

# mount_root ROOT: gives a system the kernel's interfaces, a /tmp of its own, the checkout, and what git and the network
# need. Once for each namespace and ROOT.
mount_root() {
    local system=$1 file folder key value
    mount --rbind /proc "$system/proc"
    mount --rbind /dev "$system/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$system/tmp"
    mount --bind . "$system$source_in_root"
    for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
        [ ! -e "$file" ] || [ ! -e "$system$file" ] || mount --bind "$file" "$system$file"
    done
    # Where this user's git gets repositories from instead, which may be folders of this machine.
    { git config --get-regexp '^(url\..*|https?\.(.*\.)?proxy)$' || true; } | while read -r key value; do
        git config --file "$system/tmp/gitconfig" --add "$key" "$value"
        folder=${key#url.} folder=${folder#file://} folder=${folder%.*}
        [[ $key = url.* && $folder = /* && -d $folder ]] || continue
        mkdir -p "$system$folder"
        mountpoint -q "$system$folder" || mount --bind "$folder" "$system$folder"
    done
    git config --file "$system/tmp/gitconfig" --add safe.directory '*'
}

# in_root ROOT COMMAND...: runs a command in a system that mount_root has prepared, in the checkout.
in_root() {
    local system=$1 name kept=()
    shift
    for name in CI TERM DEB_BUILD_OPTIONS DEB_BUILD_PROFILES SOURCE_DATE_EPOCH \
        {http,https,ftp,no,all}_proxy {HTTP,HTTPS,FTP,NO,ALL}_PROXY; do
        [ -z "${!name+set}" ] || kept+=("$name=${!name}")
    done
    chroot "$system" /usr/bin/env -i "${kept[@]}" HOME=/tmp LC_ALL=C.UTF-8 GIT_CONFIG_GLOBAL=/tmp/gitconfig \
        PATH=/usr/libexec/swift/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        env --chdir="$source_in_root" "$@"
}
