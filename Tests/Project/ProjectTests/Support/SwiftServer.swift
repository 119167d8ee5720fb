/// A server on this machine that stands in for swift.org.
enum SwiftServer {
    /// Starts the server, for ``Scripts/run(_:prepare:answer:)``, with an archive and a key that were made for it. The swift
    /// in the PATH is too old, and Debian has none.
    ///
    /// The archive has a `swift` that prints its version. `use WAY` tells the server how to behave:
    ///
    /// - `good`: as it should;
    /// - `nothing`: it has no file;
    /// - `page`: it shows a page in place of each file, as networks do that want one to log in;
    /// - `cut`: the first download of the archive breaks off in the middle;
    /// - `forgetful`: as `cut`, and it cannot continue a download;
    /// - `broken`: each download of the archive breaks off, and brings no more than the first half.
    static let start = #"""
        export HOME=$folder XDG_CACHE_HOME=$folder/cache
        printf '#!/bin/sh\necho Swift version 5.9.2' >programs/swift
        printf '#!/bin/sh\n' >programs/apt-cache
        mkdir -p release/swift/usr/bin served
        printf '#!/bin/sh\necho Swift version 6.3.1' >release/swift/usr/bin/swift
        chmod +x programs/* release/swift/usr/bin/swift
        head -c 300000 /dev/urandom >release/swift/usr/large
        tar -czf served/archive -C release swift
        # make_key NAME: a key, whose fingerprint is then in $fingerprint.
        make_key() {
            mkdir -m 700 "$1"
            gpg --homedir "$1" --batch --quiet --passphrase '' --quick-gen-key "$1@example.org" ed25519 sign 2>/dev/null
            gpg --homedir "$1" --armor --export >>served/all-keys.asc
            fingerprint=$(gpg --homedir "$1" --with-colons --list-keys 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
        }
        sign() { gpg --homedir "$1" --batch --quiet --yes --output served/signature --detach-sign served/archive; }
        server=""
        trap '[ -z "$server" ] || kill $server || true; for home in "$folder"/*key; do gpgconf --homedir "$home" --kill all; done
            rm -rf "$folder"' EXIT
        make_key key && sign key
        cat >server.py <<'END'
        # The first part of a path is how the server behaves; `requests` gets a line for each request.
        import http.server, os, sys

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_HEAD(self): self.answer(False)
            def do_GET(self): self.answer(True)
            def log_message(self, *arguments): pass

            def answer(self, has_body):
                start = int((self.headers["Range"] or "bytes=0-")[6:-1])
                with open("requests", "a") as log: print(self.command, self.path, start, file=log)
                way, name = self.path.split("/")[1], os.path.basename(self.path)
                file = "archive" if name.endswith(".gz") else "signature" if name.endswith(".sig") else name
                if way == "nothing": return self.send_error(404)
                body = b"<html>Log in to this network</html>" if way == "page" else open("served/" + file, "rb").read()
                if start >= len(body): return self.send_error(416)
                is_whole = start == 0 or way == "forgetful"
                self.send_response(200 if is_whole else 206)
                if is_whole: start = 0
                else: self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
                self.send_header("Content-Length", str(len(body) - start))
                self.end_headers()
                is_broken = file == "archive" and (way == "broken" or way in ("cut", "forgetful") and not os.path.exists("was-cut"))
                if not has_body: return
                if is_broken:
                    open("was-cut", "w").close()
                    body = body[:len(body) // 2] if start == 0 else b""
                self.wfile.write(body[start:])

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        END
        mkfifo port
        /usr/bin/python3 server.py >port 2>server.log & server=$!
        read -r port <port
        # use WAY: the scripts' server behaves that way.
        use() { export JET_SWIFT_MIRROR=http://127.0.0.1:$port/$1 JET_SWIFT_KEYS=http://127.0.0.1:$port/$1/all-keys.asc; }
        use good
        export JET_SWIFT_FINGERPRINTS=$fingerprint
        """#
}
