import ArgumentParser
import Jet
import JetProtocol

/// Completes paths in the shell with those on the bus. Errors are not reported, since a message would disturb the command
/// line; then there are no completions.
enum PathCompletion {
    /// Paths of any element.
    static var any: CompletionKind { kind { _ in true } }
    /// Paths of States.
    static var states: CompletionKind { kind { $0.value != nil } }
    /// Paths of Methods.
    static var methods: CompletionKind { kind { $0.value == nil } }

    private static func kind(_ isWanted: @escaping @Sendable (Entry<JSON>) -> Bool) -> CompletionKind {
        .custom { arguments, _, prefix in
            var options = AddressOptions()
            options.connect = value(of: ["--connect"], in: arguments).flatMap { try? Endpoint(named: $0) }
            options.context = value(of: ["-c", "--context"], in: arguments)
            options.fingerprint = []
            options.caFile = nil
            options.timeout = 1
            guard let connector = connector(options), let peer = try? await connector.peer() else { return [] }
            let rule = FetchRule(path: PathRule([.startsWith(Array(prefix.utf8))]))
            let entries = try? await ConnectionOptions.with(peer) { try await $0.get(rule) }
            return (entries ?? []).filter(isWanted).map(\.path).filter(isHarmless).sorted()
        }
    }

    /// How to connect without a question: a completion cannot ask for a password, nor whether a daemon is trusted.
    private static func connector(_ options: AddressOptions) -> Connector? {
        guard let destination = try? options.destination() else { return nil }
        var configuration = options.configuration
        if let context = destination.context?.value, context.password ?? context.passwordFile != nil {
            configuration.credentials = try? ConnectionOptions.credentials(of: context)
        }
        return Connector(destination: destination, folder: .own, configuration: configuration, asks: false)
    }

    /// Whether a path is safe in the completion of a shell. bash expands the words it gets, including command substitution
    /// (`compgen -W`), so that the path `$(reboot)` would run reboot; zsh treats text after a colon as a description.
    static func isHarmless(_ path: String) -> Bool {
        path.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "/._-+@%=,".unicodeScalars.contains(scalar)
        }
    }

    /// The value of an option in an incomplete command line.
    static func value(of names: [String], in arguments: [String]) -> String? {
        for (index, argument) in arguments.enumerated() {
            if names.contains(argument) { return arguments.indices.contains(index + 1) ? arguments[index + 1] : nil }
            for name in names where argument.hasPrefix(name + "=") {
                return String(argument.dropFirst(name.utf8.count + 1))
            }
        }
        return nil
    }
}
