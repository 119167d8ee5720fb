package import JetProtocol

/// Why a measurement has no figures. Each case says it in a sentence.
package enum BenchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no connection to be had: where, and why not.
    case cannotConnect(Endpoint, reason: String)
    /// The daemon has closed a connection that was in use.
    case closed(Endpoint)
    /// The daemon has answered with an error object: its text.
    case refused(String)
    /// For so many seconds nothing came, though something was due: what.
    case overdue(String, seconds: Double)
    /// Something came that should not have, or not so: what, in a sentence.
    case wrong(String)
    /// This machine does not let us do it: what, in a sentence.
    case impossible(String)

    /// A sentence.
    package var description: String {
        switch self {
        case .cannotConnect(let endpoint, let reason): "Cannot connect to \(endpoint): \(reason)."
        case .closed(let endpoint): "The daemon at \(endpoint) closed a connection in the middle of the measurement."
        case .refused(let error): "The daemon refused a request of the measurement: \(error)"
        case .overdue(let what, let seconds): "Nothing came for \(seconds) s, though there was to come: \(what)."
        case .wrong(let sentence), .impossible(let sentence): sentence
        }
    }
}
