import Testing

/// Waits until something is so, for at most 30 seconds.
func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ isSo: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < end {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(1))
    }
    Issue.record("It never came to be: \(what)", sourceLocation: sourceLocation)
}
