# shellcheck shell=bash
# Downloading by HTTP, with curl; sourced by the scripts beside it, after apt.sh.

# remote_size URL: prints how many bytes the server has for it.
remote_size() {
    local url=$1 headers status=0 size
    headers=$(curl --silent --show-error --location --head --connect-timeout 30 "$url") || status=$?
    [ "$status" = 0 ] || { download_failed "$status" 0 "$url" && return 1; }
    read -r status size < <(tr -d '\r' <<<"$headers" | awk '
        /^HTTP\// { code = $2; size = "" }
        tolower($1) == "content-length:" { size = $2 }
        END { print code, size }')
    [ "$status" = 200 ] || { download_failed 22 "$status" "$url" && return 1; }
    [[ $size =~ ^[1-9][0-9]*$ ]] || { say "The server does not tell the size of $url" && return 1; }
    echo "$size"
}

# download URL FILE [SIZE]: by way of FILE.part, which is continued if a download broke off, now or in an earlier run.
# Returns 1 if the network or the server failed.
download() {
    local from=$1 file=$2 size=${3-} part=$2.part before code status progress=(--silent --show-error)
    [ ! -t 2 ] || [ -z "$size" ] || progress=(--progress-bar)
    before=$(size_of "$part")
    while [ -z "$size" ] || [ "$before" -lt "$size" ]; do
        status=0
        # A connection that brings nothing for a minute counts as broken.
        code=$(curl "${progress[@]}" --fail --location --connect-timeout 30 --speed-limit 1 --speed-time 60 \
            --continue-at - --output "$part" --write-out '%{http_code}' "$from") || status=$?
        case $status,$code in
        0,*) break ;;
        # The server cannot continue a download, or its file is not the one of which this is a part.
        33,* | 22,416) rm -f "$part" ;;
        18,* | 28,* | 52,* | 55,* | 56,* | 92,*) # broken off
            [ "$(size_of "$part")" -gt "$before" ] || { download_failed "$status" "$code" "$from" && return 1; }
            say "The download broke off at $(megabytes "$(size_of "$part")") MB; continuing ..."
            ;;
        *) download_failed "$status" "$code" "$from" && return 1 ;;
        esac
        before=$(size_of "$part")
    done
    if [ -n "$size" ] && [ "$(size_of "$part")" != "$size" ]; then
        say "$from has $size bytes, but $(size_of "$part") came. They are removed."
        rm -f "$part"
        return 1
    fi
    mv "$part" "$file"
}

# download_failed STATUS CODE URL: says why, by curl's status and that of HTTP. Ends the script with 1 if neither the
# network nor the server is the reason.
download_failed() {
    case $1 in
    22) say "The server answered with HTTP status $2: $3" ;;
    # Curl cannot write, or has been ended since its file is too large.
    23 | 153) die "What comes from $3 cannot be written. Is the disk full? Make room; start again to continue." ;;
    *) say "The network or the server failed (curl ended with $1): $3" ;;
    esac
}

size_of() { stat --format=%s "$1" 2>/dev/null || echo 0; }

megabytes() { echo "$((($1 + 999999) / 1000000))"; }
