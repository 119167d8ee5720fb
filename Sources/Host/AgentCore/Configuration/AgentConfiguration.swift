public import ConfigurationFile

/// What the agent shows and lets others do: `/etc/jet/agent.toml`, agent.toml(5). Everything has a default, and a file
/// that does not exist is like an empty one.
///
///     let configuration = try AgentConfiguration(path: "/etc/jet/agent.toml", of: HostProviders.all)
public struct AgentConfiguration: Sendable {
    /// Which group of peers may change the machine.
    public var group = "operator"
    /// How often to poll providers without an interval of their own.
    public var interval = Duration.seconds(1)
    /// The daemon that the agent serves.
    public var daemon = DaemonSection()
    /// The sections of the providers, by name.
    private var sections: [String: any ProviderConfiguration] = [:]

    /// The defaults of the agent and these providers.
    public init(of providers: [ProviderKind]) {
        for provider in providers { sections[provider.name] = provider.defaults }
    }

    /// The settings in a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isOptional: Whether the file may be missing.
    ///   - providers: The providers that have sections in it.
    /// - Throws: What is wrong with it, with the line.
    public init(
        path: String, isOptional: Bool = false, of providers: [ProviderKind]
    ) throws(ConfigurationError) {
        guard let table = try ConfigurationTable(file: path) else {
            guard isOptional else { throw ConfigurationError(file: path, "There is no such file.") }
            self.init(of: providers)
            return
        }
        try self.init(table, of: providers)
    }

    /// The settings in a document.
    public init(
        parsing text: String, file: String = "agent.toml", of providers: [ProviderKind]
    ) throws(ConfigurationError) {
        try self.init(ConfigurationTable(parsing: text, file: file), of: providers)
    }

    private init(_ table: ConfigurationTable, of providers: [ProviderKind]) throws(ConfigurationError) {
        var table = table
        group = try table.take("group", default: group)
        interval = try table.take("interval", default: interval, in: Self.intervals)
        daemon = try table.section("daemon", default: daemon)
        for provider in providers {
            sections[provider.name] = try Self.take(provider.name, default: provider.defaults, from: &table)
        }
        try table.finish()
    }

    /// The settings of a provider.
    public subscript(provider: String) -> (any ProviderConfiguration)? { sections[provider] }

    /// Which intervals make sense, in seconds.
    public static let intervals = 0.1...86400.0

    private static func take<Section: ProviderConfiguration>(
        _ name: String, default section: Section, from table: inout ConfigurationTable
    ) throws(ConfigurationError) -> any ProviderConfiguration {
        try table.section(name, default: section)
    }
}

extension AgentConfiguration: Equatable {
    /// Whether all settings are the same.
    public static func == (left: Self, right: Self) -> Bool {
        func hashable(_ configuration: Self) -> [String: AnyHashable] {
            configuration.sections.mapValues { AnyHashable($0) }
        }
        return left.group == right.group && left.interval == right.interval && left.daemon == right.daemon
            && hashable(left) == hashable(right)
    }
}
