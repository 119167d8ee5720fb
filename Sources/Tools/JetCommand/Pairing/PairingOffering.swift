import DeviceCertificate
import Digests
import Jet
import JetProtocol
import JSONText

/// `jet pair --offer`: has the daemon make a code, and shows it with the check of this device's key.
struct PairingOffering {
    let command: PairCommand

    func run() async throws {
        let destination = try command.address.destination(isOnDevice: true)
        let identity = try identity(destination)
        let connector = Connector(
            destination: destination, folder: .own, configuration: command.address.configuration,
            asks: FirstContact.isPossible)
        let groups = command.group.isEmpty ? ["operator"] : command.group
        let offer = try await ConnectionOptions.with(try await connector.peer()) { peer in
            do throws(JetError) {
                return try await peer.offerPairing(
                    user: command.user, groups: groups, for: .seconds(command.validity ?? 600))
            } catch {
                throw Self.failure(error)
            }
        }
        guard let code = PairingCode(parsing: offer.code) else {
            throw Failure(.refused, "The daemon answered with something that is not a code.")
        }
        let text = CheckedPairingCode(code, for: identity).text
        if command.output.json {
            return try command.output.write([Self.record(offer, code: text, groups: groups, identity)])
        }
        try StandardOutput.write(
            lines: Self.lines(offer, code: text, groups: groups, identity, names: DeviceNames.ofThisMachine)
                .map(TerminalText.escaped))
    }

    /// The key of the device: of this machine's certificate, or of the daemon that is connected to.
    private func identity(_ destination: Destination) throws(Failure) -> Fingerprint {
        if let endpoint = destination.endpoint, endpoint.isSecure, let address = DaemonAddress(endpoint) {
            let plan = TrustPlan(destination, at: address, try KnownDaemons(in: .own))
            guard case .fingerprints(let keys) = plan.trust, keys.count == 1 else {
                throw Failure(
                    .usage, "To make a code for another machine, its one key must be known.",
                    advice: "Use --fingerprint SHA256:..., or pair with it first.")
            }
            return keys[0]
        }
        do throws(CertificateError) {
            return try DeviceCertificate().info().fingerprint
        } catch {
            guard error.reason == .missing else { throw Failure(error) }
            throw Failure(
                .refused, "This device has no certificate yet, so no other machine can connect to it.",
                advice: "First use: sudo jet remote enable")
        }
    }

    /// The refusal in words of its own.
    static func failure(_ error: JetError) -> Failure {
        switch (error.code, error.refusal) {
        case (_, .noAccess?):
            Failure(
                .refused, "You may not offer this pairing.",
                advice: "Use sudo; or be a user with admin, or a member of the group operator for groups of your own.")
        case (_, .invalidUser?):
            Failure(
                .refused, "There is no such user.",
                advice: "Leave out --user, and a new user is made for the other machine.")
        case (.methodNotFound, _):
            Failure(.refused, "The daemon is older than this command and cannot pair.", advice: "Update it.")
        default: Failure(error)
        }
    }

    // MARK: What is printed

    static func record(_ offer: PairingOffer, code: String, groups: [String], _ identity: Fingerprint) -> JSON {
        var object: JSON.Object = ["code": .string(code), "expires": .string(offer.expires)]
        object["user"] = offer.user.map(JSON.string)
        object["groups"] = .array(groups.map(JSON.string))
        object["fingerprint"] = .string(identity.description)
        object["words"] = .string(identity.words)
        return .object(object)
    }

    static func lines(
        _ offer: PairingOffer, code: String, groups: [String], _ identity: Fingerprint, names: [String]
    ) -> [String] {
        let who =
            offer.user.map { "the user '\($0)'" }
            ?? "a new user in the group\(groups.count == 1 ? "" : "s") \(groups.joined(separator: ", "))"
        return [
            "The code is", "", "    \(code)", "",
            "It can be used once, until \(offer.expires), by \(who).",
            "The key of this device is", "", "    \(identity)", "    \(identity.words)", "",
            "On the other machine type", "", "    jet pair \(names.first ?? "HOST")", "",
        ]
            + (names.count > 1
                ? ["If it does not find that name, use \(names.dropFirst().joined(separator: " or "))."] : [])
    }
}

/// How other machines can call this device.
enum DeviceNames {
    /// The names by which it is found without a name server, the published one first; then its addresses.
    static var ofThisMachine: [String] {
        guard let names = try? CertificateNames.ofThisMachine() else { return [] }
        return of(names)
    }

    /// The names and addresses by which a device with these is called from elsewhere.
    static func of(_ names: CertificateNames) -> [String] {
        let loopback: Set = ["127.0.0.1", "::1"]
        return names.hosts.filter { $0.hasSuffix(".local") }.reversed()
            + names.addresses.filter { !loopback.contains($0) }.map { $0.contains(":") ? "[\($0)]" : $0 }
    }
}
