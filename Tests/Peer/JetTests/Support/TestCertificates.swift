import Digests
import NIOSSL
import TestSupport
import Testing

@testable import Jet

/// The certificates of devices and peers that tests need, made once by openssl.
enum TestCertificates {
    /// Where they are: `ca.pem` (the device's authority); `leaf`, `expired`, `future`, `named` (signed by it; each `.pem`
    /// with the authority behind it, `.key`); `other-ca.pem`, `other` (of another authority), `forged` (signed by that one,
    /// with the first one behind it); `peer.crt`, `peer.key` (a client's).
    private static let made = Task {
        let folder = try TemporaryFolder()
        let shell = try ChildProcess(
            "/bin/sh", ["-c", script, "sh", folder.path], environment: ["PATH": "/usr/bin:/bin"])
        guard try await shell.end() == 0 else { throw Failed(text: shell.text(.error)) }
        return folder
    }

    struct Failed: Error { let text: String }

    /// The path of a file.
    static func path(_ name: String) async throws -> String { try await made.value.path + "/" + name }

    /// The fingerprint of the key in the first certificate of a file.
    static func fingerprint(_ name: String) async throws -> Fingerprint {
        let bytes = try SecurityFile.read(await path(name))
        let chain = try #require(try PresentedChain(NIOSSLCertificate.fromPEMBytes(bytes)))
        return chain.certificates[0].contents.fingerprint
    }

    /// The key of a peer.
    static func clientKey() async throws -> Peer.ClientKey {
        Peer.ClientKey(certificateFile: try await path("peer.crt"), keyFile: try await path("peer.key"))
    }

    private static let script = """
        set -e
        cd "$1"
        cat > conf <<'END'
        [ca]
        default_ca = d
        [d]
        dir = .
        database = ./index
        serial = ./serial
        new_certs_dir = .
        default_md = sha256
        policy = p
        unique_subject = no
        [p]
        commonName = supplied
        [req]
        distinguished_name = n
        prompt = no
        [n]
        CN = device
        [root]
        basicConstraints = critical,CA:TRUE
        subjectKeyIdentifier = hash
        [leaf]
        basicConstraints = CA:FALSE
        extendedKeyUsage = serverAuth
        subjectAltName = DNS:localhost,IP:127.0.0.1
        [named]
        subjectAltName = DNS:elsewhere.example,IP:192.0.2.1
        END
        : > index
        echo 01 > serial
        key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }
        root() { key $1.key; openssl req -x509 -new -config conf -extensions root -key $1.key -subj "/CN=$2" -days 3650 -out $1.pem; }
        leaf() { # name, authority, extensions, from, until, what follows
            key $1.key
            openssl req -new -config conf -key $1.key -out $1.csr
            openssl ca -batch -notext -config conf -cert $2.pem -keyfile $2.key -extensions $3 -startdate $4 -enddate $5 \
                -in $1.csr -out $1.crt 2>/dev/null
            cat $1.crt $6 > $1.pem
        }
        root ca "Jet CA of a device"
        root other-ca "Jet CA of another device"
        root shared-ca "Authority of many machines"
        leaf shared shared-ca leaf 20200101000000Z 20491231235959Z shared-ca.pem
        leaf shared-elsewhere shared-ca named 20200101000000Z 20491231235959Z shared-ca.pem
        leaf leaf ca leaf 20200101000000Z 20491231235959Z ca.pem
        leaf expired ca leaf 20200101000000Z 20200601000000Z ca.pem
        leaf future ca leaf 20480101000000Z 20491231235959Z ca.pem
        leaf named ca named 20200101000000Z 20491231235959Z ca.pem
        leaf other other-ca leaf 20200101000000Z 20491231235959Z other-ca.pem
        leaf forged other-ca leaf 20200101000000Z 20491231235959Z ca.pem
        leaf alone ca leaf 20200101000000Z 20491231235959Z
        key peer.key
        openssl req -x509 -new -key peer.key -subj "/CN=Jet peer key" -days 3650 -out peer.crt
        """
}
