package import JetProtocol

/// Why a measurement has failed.
package enum BenchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Cannot connect.
    case cannotConnect(Endpoint, reason: String)
    /// Cannot connect with TLS; the whole reason, in one sentence without its full stop.
    case notSecured(String)
    /// The daemon has closed a connection.
    case closed(Endpoint)
    /// The daemon has answered with an error; its text.
    case refused(String)
    /// What was not received within the given time.
    case overdue(String, seconds: Double)
    /// Something unexpected was received; in one sentence.
    case wrong(String)
    /// The system does not permit the measurement; in one sentence.
    case impossible(String)

    /// The reason, in one sentence.
    package var description: String {
        switch self {
        case .cannotConnect(let endpoint, let reason): "Cannot connect to \(endpoint): \(reason)."
        case .notSecured(let sentence): sentence + (sentence.hasSuffix("?") ? "" : ".")
        case .closed(let endpoint): "The daemon at \(endpoint) closed a connection during the measurement."
        case .refused(let error): "The daemon refused a request of the measurement: \(error)"
        case .overdue(let what, let seconds): "Nothing was received for \(seconds) s. Missing: \(what)."
        case .wrong(let sentence), .impossible(let sentence): sentence
        }
    }
}
