import DeviceCertificate
import Digests
import Files
import JSONText
import Jet
import JetProtocol
import Moments

/// How this device can be reached from other machines: what `jet remote status` shows.
struct RemoteState: Sendable {
    /// Whether the port answers with the device's key.
    enum Answer: Hashable, Sendable {
        case good
        /// Something answers with another key.
        case otherKey(Fingerprint)
        /// There is no answer, for this reason.
        case none(String)
    }

    var isEnabled = false
    var isListening = false
    var port = Endpoint.defaultRemotePort
    var answer = Answer.none("")
    /// The certificate; `nil` if there is none.
    var certificate: CertificateInfo?
    /// The names and addresses by which other machines can call the device.
    var names: [String] = []
    /// The name under which it is announced; `nil` if it is not.
    var announcedName: String?
    /// The number of connections from other machines, and of keys; `nil` if this user may not see them.
    var connections: Int?
    var keys: Int?

    /// Whether other machines can connect.
    var isReachable: Bool { isListening && answer == .good }
}

extension RemoteState {
    /// Where jet-announce(8) writes the name that it has published.
    static let announcedNameFile = "/run/jet-announce/name"

    /// Looks.
    static func now(_ service: DeviceService, configuration: Peer.Configuration) async -> RemoteState {
        var state = RemoteState()
        state.isEnabled = service.isEnabled
        state.isListening = service.isListening
        let address = service.address
        state.port = address.port
        state.certificate = try? DeviceCertificate().info()
        state.names = DeviceNames.ofThisMachine
        if service.isAnnouncing, let bytes = try? File.contents(announcedNameFile, limit: 512) {
            // The file is empty if nothing on this machine announces services.
            let name = String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
            state.announcedName = name.isEmpty ? nil : name
        }
        if state.isListening {
            state.answer = await answer(
                at: .tls(host: address.host, port: address.port), state.certificate,
                timeout: configuration.connectTimeout)
        }
        if let peer = try? await Peer.connectLocally(configuration: configuration) {
            state.keys = try? await peer.keys().count
            state.connections = try? await peer.peers().peers.count { isElsewhere($0.address) }
            await peer.close()
        }
        return state
    }

    /// Whether an address with a port is of another machine.
    static func isElsewhere(_ address: String?) -> Bool {
        guard let address else { return false }
        return !["127.", "[::1]", "[::ffff:127."].contains { address.hasPrefix($0) }
    }

    /// Really connects, and compares the key.
    static func answer(at endpoint: Endpoint, _ certificate: CertificateInfo?, timeout: Duration) async -> Answer {
        do throws(JetError) {
            let presented = try await Peer.presentedCertificates(at: endpoint, timeout: timeout)
            guard let certificate else { return .otherKey(presented.identity) }
            let isOwn = presented.fingerprints.contains(certificate.ownFingerprint)
            return isOwn ? .good : .otherKey(presented.identity)
        } catch {
            return .none(error.message)
        }
    }

    // MARK: What is printed

    /// For programs.
    var record: JSON {
        var object: JSON.Object = [
            "enabled": .boolean(isEnabled), "listening": .boolean(isListening), "reachable": .boolean(isReachable),
            "port": .number(port),
        ]
        if let certificate {
            object["fingerprint"] = .string(certificate.fingerprint.description)
            object["certificateNames"] = .array(certificate.names.all.map(JSON.string))
            object["notAfter"] = .string(certificate.notAfter.text ?? "")
        }
        object["names"] = .array(names.map(JSON.string))
        object["announcedAs"] = announcedName.map(JSON.string)
        object["connections"] = connections.map { .number($0) }
        object["keys"] = keys.map { .number($0) }
        return .object(object)
    }

    /// For people.
    var rows: [(name: String, text: String)] {
        var rows = [
            ("enabled", isEnabled ? "yes" : "no"), ("port", "\(port)" + (isListening ? "" : " (not listening)")),
        ]
        switch answer {
        case .good: rows.append(("answers", "yes, with the key of this device"))
        case .otherKey(let key): rows.append(("answers", "WITH ANOTHER KEY: \(key)"))
        case .none(let reason): if isListening { rows.append(("answers", "NO: \(reason)")) }
        }
        if let certificate {
            rows.append(("fingerprint", certificate.fingerprint.description))
            rows.append(
                (
                    "certificate",
                    "until \(certificate.notAfter.text ?? "?"), for \(certificate.names.all.joined(separator: ", "))"
                ))
        } else {
            rows.append(("certificate", "none yet"))
        }
        rows.append(("names", names.joined(separator: ", ")))
        rows.append(("announced", announcedName.map { "as \($0)" } ?? "no"))
        if let connections { rows.append(("connections", "\(connections)")) }
        if let keys { rows.append(("paired keys", "\(keys)")) }
        return rows
    }
}
