internal import JSONText
internal import Jet
internal import Logging

/// Who did what to the machine, in the log: one line for each set and call, whatever came of it.
struct ControlLog: Sendable {
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    /// Carries out a control and writes down who asked for what, and what came of it.
    func noting<Result>(
        _ verb: String, _ path: String, _ argument: JSON, by caller: Caller?, _ control: () async throws -> Result
    ) async throws -> Result {
        var logger = logger
        logger[metadataKey: "path"] = "\(path)"
        logger[metadataKey: "by"] = "\(Self.name(caller))"
        // A value may be of any size; what matters stands at its beginning.
        logger[metadataKey: "value"] = "\(argument.description.prefix(Self.longestValue))"
        do {
            let result = try await control()
            logger.notice("\(verb)")
            return result
        } catch {
            logger.notice("not \(verb)", metadata: ["reason": "\((error as? JetError)?.message ?? "\(error)")"])
            throw error
        }
    }

    /// The best that is known of a caller: whom it authenticated as, who runs it, or what it calls itself.
    static func name(_ caller: Caller?) -> String {
        if let user = caller?.user { return user }
        if let uid = caller?.uid { return "uid \(uid)" }
        return caller?.peer ?? "somebody"
    }

    private static let longestValue = 200
}
