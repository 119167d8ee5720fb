# shellcheck shell=bash
# The files of the checkout; sourced by the scripts that copy them.

# copy_checkout FOLDER: copies them into a folder, also those that are not committed yet. They get the same modes whatever
# the umask was when they were checked out.
copy_checkout() {
    mkdir -p "$1"
    git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
        [ ! -e "$file" ] || printf '%s\0' "$file"
    done | tar --create --null --files-from=- --mode=u=rwX,go=rX | tar --extract --directory="$1" --no-same-owner -p
}

# copy_debian_source FOLDER: the same as a Debian source tree, which has packaging/debian as its folder debian. All files
# get the time of the newest entry of the changelog: Debian's programs take only what is newer back to it.
copy_debian_source() {
    copy_checkout "$1"
    cp -a "$1/packaging/debian" "$1/debian"
    chmod -R u=rwX,go=rX "$1"
    find "$1" -exec touch --no-dereference --date="@$(dpkg-parsechangelog -l "$1/debian/changelog" -S Timestamp)" {} +
}
