import ConfigurationFile
import JSONText
import JetDaemon

/// `[remote]`: peers on other machines.
struct RemoteSettings: ConfigurationSection, Hashable {
    /// The users and groups of the system whose programs may forward the connections of others.
    var gateways = DaemonSettings.defaults.gateways
    /// What peers may do that have connected through a gateway and have not logged in.
    var anonymous = DaemonSettings.defaults.anonymous
    /// Whether peers may connect without a gateway, so without encryption.
    var allowsPlaintext = DaemonSettings.defaults.allowsPlaintext
    /// The users of peers with a certificate, by its subject.
    var subjects: [String: String] = [:]

    mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        if table.keys.contains("gateways") {
            gateways = []
            for name in try table.take("gateways", default: [String]()) {
                guard let holder = Grant.Holder(parsing: name) else {
                    throw table.error("gateways", "must list \"user:NAME\" or \"group:NAME\", not \"\(name)\".")
                }
                gateways.append(holder)
            }
        } else {
            // It is a known key.
            _ = table.take("gateways")
        }
        let name = try table.take("anonymous", default: anonymous.rawValue)
        guard let access = DaemonConfiguration.AnonymousAccess(rawValue: name) else {
            throw table.error("anonymous", "must be \"none\" or \"read\", not \"\(name)\".")
        }
        anonymous = access
        allowsPlaintext = try table.take("allow-plaintext", default: allowsPlaintext)
        subjects = try Self.subjects(in: table.table("subjects"))
    }

    /// Applies the settings to a configuration.
    func apply(to configuration: inout DaemonConfiguration) {
        configuration.gateways = gateways
        configuration.anonymous = anonymous
        configuration.allowsPlaintext = allowsPlaintext
        configuration.subjects = subjects
    }

    private static func subjects(in table: ConfigurationTable) throws(ConfigurationError) -> [String: String] {
        var table = table
        var subjects: [String: String] = [:]
        for subject in table.keys {
            // Gateways send subjects so; another form would never be found.
            let parts = subject.split(separator: ",", omittingEmptySubsequences: false)
            guard parts.allSatisfy({ $0.first != " " && !$0.isEmpty }), subject.contains("=") else {
                throw table.error(
                    subject, "must be the subject of a certificate without spaces, as \"CN=press-7,O=Example\".")
            }
            let user = try table.take(subject, default: "")
            guard !user.isEmpty else { throw table.error(subject, "must be the name of a user of the users file.") }
            subjects[subject] = user
        }
        return subjects
    }
}
