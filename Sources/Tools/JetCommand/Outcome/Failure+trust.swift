import Digests
import Jet
import JetProtocol

extension Failure {
    /// The error of a connection to an endpoint; `nil` for a daemon of this machine.
    init(_ error: JetError, at endpoint: Endpoint?) {
        self.init(error)
        guard error.code == .notConnected, error.refusal == nil, let endpoint, endpoint.isSecure else { return }
        advice =
            "'jet discover' lists the devices on this network; 'jet remote status' on the device says whether it can be reached."
    }

    /// The daemon is not known, and there is no one to ask.
    init(unknown address: DaemonAddress, _ fingerprint: Fingerprint) {
        self.init(
            .notConnected,
            "The daemon at \(address) is not trusted: its key \(fingerprint) is not known, and its certificate is not from "
                + "an authority that this machine trusts. Nothing was sent.",
            advice: """
                If 'jet tls show' prints the same key on the device, use --fingerprint \(fingerprint), or connect in a \
                terminal, which asks; or pair: jet pair \(address.shortest)
                """)
    }

    /// The certificate of a daemon does not prove what it should.
    ///
    /// - Parameter file: The file of known daemons.
    init(notTrusted error: JetError, _ address: DaemonAddress, _ plan: TrustPlan, file: String) {
        switch error.certificateProblem {
        case .otherKey(let expected, let presented)?:
            self = Self.otherKey(expected, presented, address, plan.source, file: file)
        case .unknownAuthority(let presented)?:
            self.init(
                .notConnected,
                "The certificate of \(address) is not from an authority in the file of \(Self.name(of: plan.source)); its key "
                    + "is \(presented). Nothing was sent.",
                advice: "Copy the file again from the device, where 'jet tls show' says where it is.")
        case .expired?:
            self.init(
                .notConnected, "The certificate of \(address) has expired. Nothing was sent.",
                advice: "Check the clocks of both machines. To renew it, on the device: sudo jet tls renew")
        case .notYetValid?:
            self.init(
                .notConnected, "The certificate of \(address) is not valid yet. Nothing was sent.",
                advice: "Check the clocks of both machines. To make a new one, on the device: sudo jet tls renew")
        case .otherName(let host, let names)?:
            let known = names.isEmpty ? "no name" : names.joined(separator: ", ")
            self.init(
                .notConnected, "The certificate is not for '\(host)'; it is for \(known). Nothing was sent.",
                advice: "Connect by one of its names, or trust its key: --fingerprint SHA256:...")
        case nil:
            self.init(.notConnected, Self.sentence(error.message), advice: "Nothing was sent.")
        }
    }

    /// The daemon has another key than the one that is expected.
    private static func otherKey(
        _ expected: [Fingerprint], _ presented: Fingerprint, _ address: DaemonAddress, _ source: TrustPlan.Source,
        file: String
    ) -> Failure {
        let keys = expected.map { "  expected:  \($0)" }.joined(separator: "\n") + "\n  presented: \(presented)"
        guard case .known(let entries) = source else {
            return Failure(
                .notConnected,
                "The daemon at \(address) has another key than \(name(of: source)) says. Nothing was sent.\n" + keys,
                advice: "If 'jet tls show' prints the presented key on the device, change \(name(of: source)).")
        }
        let places = entries.map { "\(file):\($0.line)" }.joined(separator: ", ")
        return Failure(
            .notConnected,
            """
            THE KEY OF \(address) HAS CHANGED. Nothing was sent.
            \(keys)
            The expected key is in \(places).
            Another machine may have taken the daemon's place, or may be in between. Or the device has a new key, as after \
            'jet tls rotate' or an installation.
            """,
            advice: """
                Only if 'jet tls show' prints the presented key on the device: jet forget \
                \((entries.first?.address ?? address).shortest), and connect again; or pair again: jet pair \
                \(address.shortest)
                """)
    }

    /// Where a key or a file was given.
    private static func name(of source: TrustPlan.Source) -> String {
        switch source {
        case .option: "the option"
        case .context(let name): "the context '\(name)'"
        case .known, .system: "the file of known daemons"
        }
    }

    /// The code of a pairing was refused: `wrong`, `used` or `expired`.
    static func invalidCode(_ reason: String) -> Failure {
        let advice = "Make a new code on the device: sudo jet pair --offer"
        switch reason {
        case "used": return Failure(.refused, "This code was used already; a code can be used once.", advice: advice)
        case "expired":
            return Failure(
                .refused, "This code is no longer valid: its time is over, or too many wrong codes were tried.",
                advice: advice)
        default:
            return Failure(
                .refused, "The daemon has no offer with this code.",
                advice: "Check that the code is from this device, or make a new one there: sudo jet pair --offer")
        }
    }
}
