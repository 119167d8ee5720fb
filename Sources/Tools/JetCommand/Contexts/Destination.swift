import Jet
import JetProtocol

/// The daemon of a command line. Options precede the environment, and this the default context.
struct Destination: Sendable {
    /// Where it is; `nil` for a daemon of this machine.
    var endpoint: Endpoint?
    /// The context, if one was chosen or is the default.
    var context: (name: String, value: Context)?
    /// Which certificate the options ask for; `nil` without such an option.
    var demand: Peer.Trust?

    /// Finds the daemon.
    ///
    /// - Parameters:
    ///   - connect: The value of `--connect`.
    ///   - context: The value of `--context`.
    ///   - environment: The value of `JET_CONNECT`.
    ///   - folder: Where the contexts are.
    ///   - usesDefault: Whether the default context is used if nothing else is given.
    init(
        connect: Endpoint?, context name: String?, environment: String?, in folder: UserFolder, usesDefault: Bool = true
    ) throws(Failure) {
        if let name {
            let context = try ContextFile(in: folder).existing(name)
            self.context = (name, context)
            endpoint = connect ?? context.endpoint
        } else if let connect {
            endpoint = connect
        } else if let environment, !environment.isEmpty {
            do throws(EndpointError) {
                endpoint = try Endpoint(named: environment)
            } catch {
                throw Failure(.usage, "JET_CONNECT: \(error).")
            }
        } else if usesDefault, case let file = try ContextFile(in: folder), let name = file.defaultName {
            let context = try file.existing(name)
            self.context = (name, context)
            endpoint = context.endpoint
        }
    }
}
