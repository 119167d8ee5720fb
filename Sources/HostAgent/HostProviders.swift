public import Logging

/// The providers that there are, by name.
public enum HostProviders {
    private typealias Maker = @Sendable (Host, Logger) -> any Provider

    private static let makers: [(name: String, make: Maker)] = [
        ("sensors", { SensorProvider($0, logger: $1) }),
        ("system", { SystemProvider($0, logger: $1) }),
        ("network", { NetworkProvider(logger: $1) }),
        ("counters", { CounterProvider(logger: $1) }),
    ]

    /// All names, in the order in which the providers are asked.
    public static let names = makers.map(\.name)

    /// All providers of `host` but the `disabled` ones. The network is always that of the namespace this process is in.
    public static func all(of host: Host, except disabled: Set<String> = [], logger: Logger) -> [any Provider] {
        makers.filter { !disabled.contains($0.name) }.map { maker in
            var logger = logger
            logger[metadataKey: "provider"] = "\(maker.name)"
            return maker.make(host, logger)
        }
    }
}
