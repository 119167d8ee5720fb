import ArgumentParser
import Jet
import JetProtocol

/// Paths for the shell's completion, asked from the living bus. Whatever goes wrong, there is nothing to complete: no
/// word may come between a person and the prompt.
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
            // As nobody: a password cannot be asked for here.
            options.user = nil
            options.passwordFile = nil
            options.timeout = 1
            let rule = FetchRule(path: PathRule([.startsWith(Array(prefix.utf8))]))
            let entries = try? await options.withPeer { try await $0.get(rule) }
            return (entries ?? []).filter(isWanted).map(\.path).filter(isHarmless).sorted()
        }
    }

    /// Whether a shell takes the path for itself, whatever it does with it. Bash expands the words that it is offered,
    /// command substitution included (`compgen -W`), so that the path `$(reboot)` would do just that; zsh takes what
    /// follows a colon for a description.
    static func isHarmless(_ path: String) -> Bool {
        path.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "/._-+@%=,".unicodeScalars.contains(scalar)
        }
    }

    /// What `--connect` says in an unfinished command line.
    static func url(in arguments: [String]) -> String? {
        for (index, argument) in arguments.enumerated() {
            if argument == "--connect" { return arguments.indices.contains(index + 1) ? arguments[index + 1] : nil }
            if argument.hasPrefix("--connect=") { return String(argument.dropFirst("--connect=".count)) }
        }
        return nil
    }
}
