/// The units of systemd by which a device is reached from other machines.
struct DeviceService {
    private let programs: any SystemPrograms

    /// The units, by way of these programs.
    init(_ programs: any SystemPrograms) { self.programs = programs }

    /// The socket with the port.
    static let socket = "jetd-remote.socket"
    /// Ends TLS. The socket starts it.
    static let gateway = "jet-tls.service"
    /// Where the gateway hands connections to the daemon.
    static let handover = "jetd-gateway.socket"
    /// Announces the device.
    static let announcement = "jet-announce.service"
    /// Makes and renews the certificate.
    static let certificate = "jet-certificate.service"
    /// What starts it when names have changed, and every day.
    static let renewal = ["jet-certificate.path", "jet-certificate.timer"]

    /// What runs while the socket listens.
    private static var followers: [String] { [announcement] + renewal }

    // MARK: Changing

    /// Makes the certificate, and enables and starts everything.
    func enable() throws(Failure) {
        try programs.systemctl("start", [Self.certificate])
        if !isActive(Self.handover) {
            // A socket cannot be added to a service that runs: restarting the socket restarts the daemon, too.
            try programs.systemctl("restart", [Self.handover])
        }
        // A failed unit that was started too often refuses to start.
        _ = programs.run("systemctl", ["reset-failed", Self.socket, Self.gateway])
        try programs.systemctl("enable", ["--quiet", "--now", Self.socket])
        try programs.systemctl("start", Self.followers)
        // What ran before has the former certificate.
        try reloadCertificate()
    }

    /// Disables and stops everything. Connections end; the certificate and the keys of users stay.
    func disable() throws(Failure) {
        try programs.systemctl("disable", ["--quiet", "--now", Self.socket])
        try programs.systemctl("stop", [Self.gateway] + Self.followers)
    }

    /// Has the gateway use the certificate that was changed, without closing connections; and the announcement say its key.
    func reloadCertificate() throws(Failure) {
        try programs.systemctl("try-reload-or-restart", [Self.gateway, Self.announcement])
    }

    // MARK: Looking

    /// Whether the socket is enabled.
    var isEnabled: Bool { programs.succeeds("systemctl", "is-enabled", "--quiet", Self.socket) }

    /// Whether the socket listens.
    var isListening: Bool { isActive(Self.socket) }

    /// Whether the device announces itself.
    var isAnnouncing: Bool { isActive(Self.announcement) }

    /// The first address and port of the socket, as this machine can connect to it.
    var address: (host: String, port: Int) {
        let text = programs.output("systemctl", "show", "--property=Listen", "--value", Self.socket) ?? ""
        for word in text.split(whereSeparator: { " \n".contains($0) }) {
            guard let colon = word.lastIndex(of: ":"), let port = Int(word[word.index(after: colon)...]) else {
                continue
            }
            let host = word[..<colon].filter { !"[]".contains($0) }
            return (["", "::", "0.0.0.0", "*"].contains(host) ? "127.0.0.1" : host, port)
        }
        return ("127.0.0.1", Self.defaultPort)
    }

    private static var defaultPort: Int { 11124 }

    private func isActive(_ unit: String) -> Bool { programs.succeeds("systemctl", "is-active", "--quiet", unit) }
}
