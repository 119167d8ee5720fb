import JetProtocol

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

extension Peer {
    /// Connects to the daemon of this machine: the one that `$JET_CONNECT` names, else the user's own, the system's, or
    /// one on the loopback port, whichever is there first.
    ///
    ///     let peer = try await Peer.connectLocally()
    ///
    /// - Throws: `.notConnected` with a sentence that says where it looked; `.invalidEndpoint` if `$JET_CONNECT` is
    ///   none.
    public static func connectLocally(
        configuration: Configuration = Configuration()
    ) async throws(JetError) -> Peer {
        try await connectLocally(configuration: configuration, environment: environment)
    }

    static func connectLocally(
        configuration: Configuration, environment: [String: String]
    ) async throws(JetError) -> Peer {
        let candidates: [Endpoint]
        do {
            candidates = try LocalEndpoint.candidates(userID: getuid(), environment: environment)
        } catch {
            throw JetError(.invalidEndpoint, "JET_CONNECT: \(error)", underlying: error)
        }
        var failures: [JetError] = []
        for candidate in candidates {
            do throws(JetError) {
                return try await connect(to: candidate, configuration: configuration)
            } catch {
                // A daemon that answers is the one.
                guard error.code == .notConnected else { throw error }
                failures.append(error)
            }
        }
        if failures.count == 1 { throw failures[0] }
        throw JetError(
            .notConnected,
            "No daemon found on this machine. "
                + failures.map { $0.message.hasSuffix("?") ? $0.message : $0.message + "." }.joined(separator: " "))
    }

    /// The variables that decide where to look.
    private static var environment: [String: String] {
        var environment: [String: String] = [:]
        for name in ["JET_CONNECT", "XDG_RUNTIME_DIR"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return environment
    }
}
