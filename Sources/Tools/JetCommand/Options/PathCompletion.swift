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
            var options = ConnectionOptions()
            options.connect = url(in: arguments).flatMap { try? Endpoint(parsing: $0) }
            // Without a user, since the completion cannot ask for a password.
            options.user = nil
            options.passwordFile = nil
            options.timeout = 1
            let rule = FetchRule(path: PathRule([.startsWith(Array(prefix.utf8))]))
            let entries = try? await options.withPeer { try await $0.get(rule) }
            return (entries ?? []).filter(isWanted).map(\.path).filter(isHarmless).sorted()
        }
    }

    /// Whether a path is safe in the completion of a shell. bash expands the words it gets, including command substitution
    /// (`compgen -W`), so that the path `$(reboot)` would run reboot; zsh treats text after a colon as a description.
    static func isHarmless(_ path: String) -> Bool {
        path.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "/._-+@%=,".unicodeScalars.contains(scalar)
        }
    }

    /// The value of `--connect` in an incomplete command line.
    static func url(in arguments: [String]) -> String? {
        for (index, argument) in arguments.enumerated() {
            if argument == "--connect" { return arguments.indices.contains(index + 1) ? arguments[index + 1] : nil }
            if argument.hasPrefix("--connect=") { return String(argument.dropFirst("--connect=".count)) }
        }
        return nil
    }
}
