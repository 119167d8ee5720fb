import Digests
import Jet
import JetProtocol
import Moments

/// Connects to the daemon of a command line, and decides whether it is trusted.
struct Connector: Sendable {
    /// The daemon.
    let destination: Destination
    /// Where known daemons and the user's key are.
    let folder: UserFolder
    /// The configuration of the peer, without what is for TLS.
    let configuration: Peer.Configuration
    /// Whether there is a person at a terminal, who can be asked about a daemon that is not known.
    let asks: Bool

    /// Connects.
    ///
    /// - Throws: `JetError` if there is no connection, or the login fails; `Failure` if the daemon is not trusted.
    func peer() async throws -> Peer {
        guard let endpoint = destination.endpoint else {
            return try await Peer.connectLocally(configuration: configuration)
        }
        guard endpoint.isSecure, let address = DaemonAddress(endpoint) else {
            return try await Peer.connect(to: endpoint, configuration: configuration)
        }
        let known = try KnownDaemons(in: folder)
        let plan = TrustPlan(destination, at: address, known)
        let secured = try self.secured(plan.trust, offersKey: plan.offersKey)
        do throws(JetError) {
            return try await Peer.connect(to: endpoint, configuration: secured)
        } catch {
            guard error.code == .notTrusted else { throw error }
            guard plan.source == .system, case .unknownAuthority = error.certificateProblem else {
                throw Failure(notTrusted: error, address, plan, file: folder.file(KnownDaemons.fileName))
            }
        }
        let fingerprint = try await FirstContact(endpoint: endpoint, address: address, folder: folder, asks: asks)
            .accepted(timeout: configuration.connectTimeout)
        let offersKey = known.isPaired(withAnyOf: [fingerprint])
        let pinned = try self.secured(.fingerprints([fingerprint]), offersKey: offersKey)
        return try await Peer.connect(to: endpoint, configuration: pinned)
    }

    /// The configuration with what is for TLS.
    ///
    /// - Throws: `Failure` if others can read the user's key.
    private func secured(_ trust: Peer.Trust, offersKey: Bool) throws(Failure) -> Peer.Configuration {
        var configuration = configuration
        // Who gives a user's name does not want to be the user of the key.
        let offersKey = offersKey && configuration.credentials == nil
        configuration.security = try OwnKey(in: folder).security(trust, offersKey: offersKey)
        return configuration
    }
}

/// The first contact with a daemon whose key is not known, as in ssh(1): the person at the terminal is asked.
struct FirstContact {
    let endpoint: Endpoint
    let address: DaemonAddress
    let folder: UserFolder
    let asks: Bool

    /// Whether there is a person to ask: what is typed comes from a terminal, and messages go to one.
    static var isPossible: Bool { PasswordPrompt.isPossible && Terminal.isErrorTerminal }

    /// Shows the key that the daemon presents, asks, and notes it.
    ///
    /// - Returns: The key to trust. That the daemon has it is proven by the connection that follows.
    /// - Throws: `Failure` if the answer is no, or there is no one to ask.
    func accepted(timeout: Duration) async throws -> Fingerprint {
        let presented = try await Peer.presentedCertificates(at: endpoint, timeout: timeout)
        guard asks else { throw Failure(unknown: address, presented.identity) }
        let known = try KnownDaemons(in: folder)
        let lines = Self.question(address, presented, known, file: folder.file(KnownDaemons.fileName))
        StandardOutput.say(TerminalText.escapedLines(lines.joined(separator: "\n")))
        var prompt = "Connect, and remember this key? (yes/no/fingerprint) "
        while true {
            let answer = try TerminalQuestion.ask(prompt)
            switch Self.decision(answer, presented.identity) {
            case true:
                try KnownDaemons.update(in: folder) {
                    $0.note(presented.identity, at: address, isPaired: false, title: presented.names.first ?? "")
                }
                return presented.identity
            case false:
                throw Failure(.notConnected, "\(address) is not trusted. Nothing was sent.")
            case nil:
                prompt = "Please type 'yes', 'no' or the fingerprint: "
            }
        }
    }

    /// What an answer means; `nil` if it is none.
    static func decision(_ answer: String, _ fingerprint: Fingerprint) -> Bool? {
        switch answer.lowercased() {
        case "yes": return true
        case "no": return false
        default: break
        }
        // A fingerprint that was typed or pasted must be this one.
        return Fingerprint(parsing: answer).map { $0 == fingerprint }
    }

    /// What is shown before the question.
    static func question(
        _ address: DaemonAddress, _ presented: PresentedCertificates, _ known: KnownDaemons, file: String
    ) -> [String] {
        let names = presented.names.prefix(10).joined(separator: ", ") + (presented.names.count > 10 ? ", …" : "")
        var lines = [
            "The daemon at \(address) is not known, and its certificate is not from an authority that this machine trusts.",
            "Its key has the fingerprint",
            "  \(presented.identity)",
            "  \(presented.identity.words)",
            "Its certificate is for \(names.isEmpty ? "no name" : names); it is valid from "
                + "\(Validity.text(presented.notBefore)) to \(Validity.text(presented.notAfter)).",
        ]
        if let other = known.entries(with: presented.identity).first {
            lines.append("You know this key from \(other.address) (\(file):\(other.line)).")
        } else {
            lines.append(
                "Compare it with what 'jet tls show' prints on the device; or use 'jet pair \(address.shortest)'.")
        }
        return lines
    }
}

/// Dates of certificates.
enum Validity {
    /// A day, `2026-11-30`, of a number of seconds since 1970.
    static func text(_ seconds: Int) -> String {
        let text = Moment.text(seconds: seconds)
        return text.isEmpty ? "an unknown time" : String(text.prefix { $0 != "T" })
    }
}

extension DaemonAddress {
    /// The host alone if the port is the default one.
    var shortest: String { port == Endpoint.defaultRemotePort ? host : description }
}
