# shellcheck shell=bash
# Installing Debian packages; sourced by the scripts beside it.

# say LINE...: prints each argument as a line on standard error.
say() { printf '%s\n' "$@" >&2; }

# die LINE...: says it and ends with 1.
die() { say "$@"; exit 1; }

# How many seconds to wait for another program that uses apt or dpkg, such as unattended-upgrades.
apt_patience=600

# install_packages PACKAGE...: installs Debian packages, with sudo if this user is not root.
#
# Returns 1 if that failed, or if this user may not install packages.
install_packages() {
    local root=()
    if ! command -v apt-get >/dev/null; then
        say "There is no apt-get here. Install what Debian calls $* and start again."
        return 1
    fi
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
            root=(sudo)
        else
            say "Some Debian packages are missing, and this user cannot install them. As root:" "    apt-get install $*"
            return 1
        fi
    fi
    say "Installing $*"
    update_package_lists &&
        apt_get install -q -y --no-install-recommends "$@" >&2 && return 0
    say "Cannot install $*"
    return 1
}

# apt_get ARGUMENT...: apt-get(8), which waits for dpkg's lock and prints that it does. Uses $root of its caller.
apt_get() {
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -o DPkg::Lock::Timeout="$apt_patience" "$@"
}

# For the lock of the package lists apt-get does not wait; this does.
update_package_lists() {
    local output end=$((SECONDS + apt_patience)) is_waiting=""
    until output=$(apt_get update -q 2>&1); do
        if [[ $output != *"Could not get lock"* ]] || [ "$SECONDS" -ge "$end" ]; then
            say "$output"
            return 1
        fi
        [ -n "$is_waiting" ] ||
            say "${output%%$'\n'*}" "Waiting until the other program has finished, up to $apt_patience s ..."
        is_waiting=yes
        sleep 1
    done
}
