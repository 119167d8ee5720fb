import ArgumentParser

/// Completes the names of contexts in the shell.
enum ContextCompletion {
    /// The names of the user's contexts.
    static var names: CompletionKind {
        .custom { _, _, _ in ((try? ContextFile(in: .own))?.names ?? []).filter(PathCompletion.isHarmless) }
    }
}
