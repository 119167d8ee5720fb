import Dispatch

/// Runs something that blocks on a thread of its own, as a script would; tasks run on meanwhile.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "script").async {
            continuation.resume(with: Swift.Result { try body() })
        }
    }
}
