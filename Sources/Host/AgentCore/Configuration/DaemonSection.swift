public import ConfigurationFile
internal import Digests
internal import Files
public import Jet

/// The section `[daemon]` of agent.toml(5): the daemon that the agent serves, and how they trust each other.
public struct DaemonSection: ConfigurationSection, Hashable {
    /// Where the daemon is; `nil` for that of this machine.
    public var endpoint: Endpoint?
    /// Which daemons are trusted, and the key of the agent.
    public var security = Peer.Security()
    /// The user to log in as; `nil` for none.
    public var user: String?
    /// The file with the password of the user.
    public var passwordFile: String?

    /// The defaults: the daemon of this machine.
    public init() {}

    /// Takes the section's keys.
    public mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        if let text = try Self.text("connect", from: &table) {
            do throws(EndpointError) {
                endpoint = try Endpoint(parsing: text)
            } catch {
                throw table.error("connect", "must be a URL: \(error.reason).")
            }
        }
        try takeTrust(from: &table)
        try takeLogin(from: &table)
    }

    private mutating func takeTrust(from table: inout ConfigurationTable) throws(ConfigurationError) {
        var fingerprints: [Fingerprint] = []
        for text in try table.take("fingerprints", default: []) {
            guard let fingerprint = Fingerprint(parsing: text) else {
                throw table.error("fingerprints", "must be fingerprints such as \"SHA256:…\", not \"\(text)\".")
            }
            fingerprints.append(fingerprint)
        }
        if !fingerprints.isEmpty { security.trust = .fingerprints(fingerprints) }
        if let file = try Self.path("ca-file", from: &table) {
            guard fingerprints.isEmpty else {
                throw table.error("ca-file", "cannot be used with 'fingerprints'.")
            }
            try demandTLS("ca-file", table)
            security.trust = .authorities(file: file)
        }
        if !fingerprints.isEmpty { try demandTLS("fingerprints", table) }
    }

    private mutating func takeLogin(from table: inout ConfigurationTable) throws(ConfigurationError) {
        let certificate = try Self.path("certificate-file", from: &table)
        let key = try Self.path("key-file", from: &table)
        switch (certificate, key) {
        case (let certificate?, let key?):
            try demandTLS("key-file", table)
            security.key = Peer.ClientKey(certificateFile: certificate, keyFile: key)
        case (nil, nil): break
        case (nil, _): throw table.error("key-file", "needs 'certificate-file'.")
        case (_, nil): throw table.error("certificate-file", "needs 'key-file'.")
        }
        user = try Self.text("user", from: &table)
        passwordFile = try Self.path("password-file", from: &table)
        guard (user == nil) == (passwordFile == nil) else {
            throw user == nil
                ? table.error("password-file", "needs 'user'.") : table.error("user", "needs 'password-file'.")
        }
        guard user == nil || security.key == nil else {
            throw table.error("user", "cannot be used with 'key-file': the daemon knows the user by the key.")
        }
    }

    private func demandTLS(_ key: String, _ table: ConfigurationTable) throws(ConfigurationError) {
        guard endpoint?.isSecure == true else {
            throw table.error(key, "needs 'connect' with a URL that begins with jets:// or wss://.")
        }
    }

    private static func text(
        _ key: String, from table: inout ConfigurationTable
    ) throws(ConfigurationError) -> String? {
        let text = try table.take(key, default: "")
        return text.isEmpty ? nil : text
    }

    private static func path(
        _ key: String, from table: inout ConfigurationTable
    ) throws(ConfigurationError) -> String? {
        guard let path = try text(key, from: &table) else { return nil }
        guard path.hasPrefix("/") else { throw table.error(key, "must be an absolute path, not \"\(path)\".") }
        return path
    }
}

extension DaemonSection {
    /// Applies the section to the configuration of a peer. Reads the password.
    ///
    /// - Throws: Why the password cannot be read.
    public func apply(to configuration: inout Peer.Configuration) throws(ConfigurationError) {
        configuration.security = security
        guard let user, let passwordFile else { return }
        let bytes: [UInt8]
        do throws(SystemCallError) {
            bytes = try OpenFile(FilePath(passwordFile)).prefix(4096)
        } catch {
            throw ConfigurationError(file: passwordFile, "This file cannot be read: \(error.reason).")
        }
        let password = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard !password.isEmpty else {
            throw ConfigurationError(file: passwordFile, "The first line of this file must be the password.")
        }
        configuration.credentials = Peer.Credentials(user: user, password: password)
    }
}
