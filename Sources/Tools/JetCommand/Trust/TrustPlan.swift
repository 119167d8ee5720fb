import Digests
import Jet

/// What a daemon's certificate must prove, and which option or file says so: the options, the context, the file of known
/// daemons, and last the authorities that the system trusts. Nothing switches the verification off.
struct TrustPlan: Sendable {
    /// Where it is said.
    enum Source: Hashable, Sendable {
        /// In an option.
        case option
        /// In the context of this name.
        case context(String)
        /// In these lines of the file of known daemons.
        case known([KnownDaemons.Entry])
        /// Nowhere: the system decides, and then the person at the terminal.
        case system
    }

    /// What must be proven.
    let trust: Peer.Trust
    /// Where that is said.
    let source: Source
    /// Whether the user's key is offered: only to a daemon that the user has paired with, since others need not know who
    /// connects.
    let offersKey: Bool

    /// A plan with these parts, which offers no key.
    init(trust: Peer.Trust, source: Source) {
        self.trust = trust
        self.source = source
        offersKey = false
    }

    /// The plan for an address.
    init(_ destination: Destination, at address: DaemonAddress, _ known: KnownDaemons) {
        let entries = known.entries(of: address)
        if let demand = destination.demand {
            (trust, source) = (demand, .option)
        } else if let context = destination.context, !context.value.fingerprints.isEmpty {
            (trust, source) = (.fingerprints(context.value.fingerprints), .context(context.name))
        } else if let context = destination.context, let file = context.value.authorities {
            (trust, source) = (.authorities(file: file), .context(context.name))
        } else if let entries = Self.entries(entries, destination, known) {
            (trust, source) = (.fingerprints(entries.map(\.fingerprint)), .known(entries))
        } else {
            (trust, source) = (.systemAuthorities, .system)
        }
        if case .fingerprints(let keys) = trust {
            offersKey = known.isPaired(withAnyOf: keys)
        } else {
            offersKey = entries.contains(where: \.isPaired)
        }
    }

    /// The lines that hold for the address; if there are none and a context was chosen with another address, those of
    /// the context's address, since it is the same daemon.
    private static func entries(
        _ entries: [KnownDaemons.Entry], _ destination: Destination, _ known: KnownDaemons
    ) -> [KnownDaemons.Entry]? {
        if !entries.isEmpty { return entries }
        guard let context = destination.context?.value, let usual = DaemonAddress(context.endpoint) else { return nil }
        let others = known.entries(of: usual)
        return others.isEmpty ? nil : others
    }
}
