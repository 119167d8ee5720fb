import Digests
import Glibc
import JSONText
import Jet
import JetProtocol

/// `jet pair HOST`: step by step. Nothing of the code is sent before its check fits the key that the host has presented; and
/// the connection that it is sent over is trusted for this key only.
struct PairingWithDevice {
    /// The device.
    let endpoint: Endpoint
    /// The keys of which it must have one; empty if none was given.
    let demand: [Fingerprint]
    /// What all connections have in common.
    let configuration: Peer.Configuration
    /// Where the key and what is known of devices are.
    let folder: UserFolder

    /// A host that has presented a key.
    struct Found: Sendable {
        var address: DaemonAddress
        var endpoint: Endpoint
        /// The key by which it is known: once the code was checked, the one that the code was made for.
        var fingerprint: Fingerprint
        /// The key of its certificate, by which a device with an imported certificate is known.
        var ownKey: Fingerprint?
        var title: String
        /// The lines of the file of known daemons for this address.
        var former: [KnownDaemons.Entry]
    }

    /// What came of it.
    struct Result: Sendable {
        var pairing: Pairing
        /// The fingerprint of the user's key.
        var key: Fingerprint?
        /// Whether the key pair was made now.
        var madeKey: Bool
    }

    // MARK: Steps

    /// Asks the host for its key.
    func look() async throws -> Found {
        guard let address = DaemonAddress(endpoint) else { throw Failure(.usage, "\(endpoint) has no host.") }
        let presented: PresentedCertificates
        do throws(JetError) {
            presented = try await Peer.presentedCertificates(at: endpoint, timeout: configuration.connectTimeout)
        } catch {
            throw Self.noTLS(error, address)
        }
        if !demand.isEmpty, !demand.contains(presented.identity),
            demand.allSatisfy({ !presented.fingerprints.contains($0) })
        {
            throw Failure(
                .notConnected,
                "The daemon at \(address) has another key than --fingerprint says. Nothing was sent.\n"
                    + "  presented: \(presented.identity)",
                advice: "'jet tls show' prints the key on the device.")
        }
        return Found(
            address: address, endpoint: endpoint, fingerprint: presented.identity, ownKey: presented.fingerprints.first,
            title: presented.names.first ?? "", former: try KnownDaemons(in: folder).entries(of: address))
    }

    /// Sends the code and the user's key, which is made if there is none.
    func pair(_ code: PairingCode, _ found: Found, title: String) async throws -> Result {
        let key = OwnKey(in: folder)
        let madeKey = try key.make()
        try key.checkPrivate()
        var configuration = configuration
        // After wrong codes the daemon delays its answers, by up to 16 seconds.
        configuration.requestTimeout = max(configuration.requestTimeout, .seconds(20))
        configuration.security = Peer.Security(
            trust: .fingerprints([found.fingerprint]),
            key: Peer.ClientKey(certificateFile: key.certificateFile, keyFile: key.keyFile), logsIn: false)
        do {
            let peer = try await Peer.connect(to: endpoint, configuration: configuration)
            let pairing = try await ConnectionOptions.with(peer) { try await $0.pair(code: code.text, title: title) }
            return Result(pairing: pairing, key: pairing.fingerprint, madeKey: madeKey)
        } catch let error as JetError {
            throw Self.failure(error, found)
        }
    }

    /// Notes the device as known and as a context.
    ///
    /// - Returns: The name of the context.
    func note(_ result: Result, _ found: Found, contextName: String?) throws -> String {
        try KnownDaemons.update(in: folder) {
            $0.note(found.fingerprint, at: found.address, isPaired: true, title: found.title)
        }
        var name = ""
        try ContextFile.update(in: folder) { file in
            name = contextName ?? Self.freeName(for: found.address, in: file)
            file.set(Context(endpoint: endpoint), named: name)
        }
        return name
    }

    /// The first of these names that no other daemon's context has.
    private static func freeName(for address: DaemonAddress, in file: ContextFile) -> String {
        let names = contextNames(address)
        return names.first { name in
            guard let context = try? file.context(name) else { return !file.names.contains(name) }
            return DaemonAddress(context.endpoint) == address
        } ?? names[names.count - 1]
    }

    /// Names for the context of an address, the best one first.
    static func contextNames(_ address: DaemonAddress) -> [String] {
        let host = String(address.host.map { ContextFile.isName(String($0)) || $0 == "-" ? $0 : "-" })
        let isName = host.contains { $0.isLetter } && !address.host.contains(":")
        let first = isName ? host.split(separator: ".").first.map(String.init) ?? host : host
        return [first, host, "\(host)-\(address.port)"].map { $0.hasPrefix("-") ? "host" + $0 : $0 }
    }

    /// `ada@laptop`.
    static var defaultTitle: String {
        var buffer = [CChar](repeating: 0, count: 256)
        let host =
            gethostname(&buffer, buffer.count - 1) == 0
            ? String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
        let user = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? ""
        return [user, host].filter { !$0.isEmpty }.joined(separator: "@")
    }

    // MARK: Refusals

    private static func noTLS(_ error: JetError, _ address: DaemonAddress) -> Failure {
        guard error.code == .notConnected else { return Failure(error) }
        var failure = Failure(error)
        failure.advice =
            "On the device, 'jet remote status' says whether it can be reached; to enable that: sudo jet remote enable"
        return failure
    }

    static func failure(_ error: JetError, _ found: Found) -> Failure {
        switch (error.code, error.refusal) {
        case (.notTrusted, _):
            Failure(
                notTrusted: error, found.address,
                TrustPlan(trust: .fingerprints([found.fingerprint]), source: .option), file: "")
        case (_, .invalidKey?):
            Failure(
                .refused, "The daemon has not received your key.",
                advice: "Connect to it directly: what is in between, such as a proxy, must not end TLS.")
        case (.methodNotFound, _):
            Failure(.refused, "The daemon is older than this command and cannot pair.", advice: "Update it.")
        default: Failure(error)
        }
    }
}

extension PairingWithDevice.Found {
    /// Checks a code that was typed, and notes for which key it was made.
    ///
    /// - Returns: The part that the device made.
    /// - Throws: `Failure` if it is not a code, or not one for a key of this host.
    mutating func check(_ text: String) throws(Failure) -> PairingCode {
        guard let code = CheckedPairingCode(parsing: text) else {
            throw Failure(
                .usage, "This is not a pairing code: those have 12 letters and digits, such as ABCD-EFGH-JKMN.",
                advice: "Type it as 'jet pair --offer' shows it. Nothing was sent.")
        }
        guard let key = [fingerprint, ownKey ?? fingerprint].first(where: code.isFor) else {
            throw Failure(
                .refused,
                """
                The code does not fit the key of the machine that answers at \(address). Nothing was sent.
                Either the code is mistyped, or it is from another device; or another machine is in between.
                """,
                advice: """
                    Try again. If it happens again, compare the key with what 'jet tls show' prints on the device:
                      \(fingerprint)
                      \(fingerprint.words)
                    """)
        }
        fingerprint = key
        return code.code
    }
}

extension PairingWithDevice.Result {
    /// For programs.
    func record(_ found: PairingWithDevice.Found, context: String) -> JSON {
        var object: JSON.Object = [
            "user": .string(pairing.user), "groups": pairing.groups.json, "address": .string(found.address.description),
            "fingerprint": .string(found.fingerprint.description),
        ]
        object["key"] = key.map { .string($0.description) }
        object["context"] = .string(context)
        return .object(object)
    }

    /// For people.
    func lines(_ found: PairingWithDevice.Found, context: String) -> [String] {
        func list(_ names: Set<String>) -> String { names.isEmpty ? "none" : names.sorted().joined(separator: ", ") }
        let groups = pairing.groups
        let rights =
            groups.fetch == groups.set && groups.set == groups.call
            ? "groups: \(list(groups.fetch))"
            : "groups for fetching: \(list(groups.fetch)); setting: \(list(groups.set)); calling: \(list(groups.call))"
        var lines = ["Paired with \(found.address). There you are the user '\(pairing.user)' (\(rights))."]
        if madeKey, let key { lines.append("A key pair was made for you: \(key)") }
        for entry in found.former where entry.fingerprint != found.fingerprint {
            lines.append(
                "It has another key than before (\(entry.fingerprint)); the code shows that it is the same device.")
        }
        return lines + ["Next: jet ls -c \(context)"]
    }
}
