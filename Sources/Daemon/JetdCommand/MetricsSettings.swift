import ConfigurationFile
import JSONText
import JetDaemon

/// `[metrics]`: the daemon's figures, and numeric States, for monitoring.
struct MetricsSettings: ConfigurationSection, Hashable {
    /// What it says.
    var configuration = MetricsConfiguration()

    /// How many rules for States there may be: each is a walk over all elements.
    static let ruleLimit = 32

    mutating func take(from table: inout ConfigurationTable) throws(ConfigurationError) {
        configuration.isEnabled = try table.take("enabled", default: configuration.isEnabled)
        let networks = try table.take("allow", default: ["loopback"])
        configuration.networks = try networks.map { text throws(ConfigurationError) in
            guard let network = MetricsConfiguration.Network(parsing: text) else {
                throw table.error(
                    "allow",
                    "must list \"loopback\", addresses or networks such as \"192.0.2.0/24\", not \"\(text)\".")
            }
            return network
        }
        let states = try table.tables("states")
        guard states.count <= Self.ruleLimit else {
            throw table.error("states", "may have at most \(Self.ruleLimit) rules.")
        }
        configuration.rules = try states.map { state throws(ConfigurationError) in try Self.rule(in: state) }
    }

    private static func rule(in table: ConfigurationTable) throws(ConfigurationError) -> MetricsConfiguration.StateRule
    {
        var table = table
        var rule = MetricsConfiguration.StateRule()
        rule.equals = try text("equals", in: &table)
        rule.startsWith = try text("starts-with", in: &table)
        rule.endsWith = try text("ends-with", in: &table)
        rule.contains = try text("contains", in: &table)
        try table.finish()
        return rule
    }

    private static func text(_ key: String, in table: inout ConfigurationTable) throws(ConfigurationError) -> String? {
        guard table.keys.contains(key) else {
            // It is a known key.
            _ = table.take(key)
            return nil
        }
        return try table.take(key, default: "")
    }
}
