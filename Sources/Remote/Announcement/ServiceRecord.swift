package import Digests
internal import Systemd

/// What is announced: a service of DNS-SD (RFC 6763).
package struct ServiceRecord: Hashable, Sendable {
    /// The type of the service.
    package static let type = "_jet._tcp"
    /// The port of jetd-remote.socket.
    package static let port: UInt16 = 11124

    /// The name of the instance, for people.
    package var name: String
    /// Where the gateway listens.
    package var port: UInt16
    /// What clients pin; `nil` if there is no certificate yet.
    package var fingerprint: Fingerprint?

    package init(name: String, port: UInt16 = ServiceRecord.port, fingerprint: Fingerprint?) {
        self.name = name
        self.port = port
        self.fingerprint = fingerprint
    }

    /// The TXT record: keys and values.
    var text: [(key: String, value: String)] {
        [("txtvers", "1")] + (fingerprint.map { [("fp", $0.description)] } ?? [])
    }

    static let versionKey = "txtvers"
    static let fingerprintKey = "fp"
}
