import Digests
import Jet
import JSONText
import JetProtocol

/// A *context*: a daemon and who one is there, under a name of one's own.
struct Context: Hashable, Sendable {
    /// Where the daemon is.
    var endpoint: Endpoint
    /// The user to log in as.
    var user: String?
    /// The file with the user's password.
    var passwordFile: String?
    /// The user's password, if it is stored in the file of contexts.
    var password: String?
    /// The keys of which the daemon must have one.
    var fingerprints: [Fingerprint] = []
    /// The file with the authorities that its certificate must be from.
    var authorities: String?
}

extension Context {
    /// Reads `{"connect", "user"?, "passwordFile"?, "password"?, "fingerprints"?, "caFile"?}`; `nil` if it is not one.
    init?(_ json: JSON) {
        guard let text = json["connect"]?.string, let endpoint = try? Endpoint(named: text) else { return nil }
        let fingerprints = (json["fingerprints"]?.array ?? []).map { $0.string.flatMap { Fingerprint(parsing: $0) } }
        // A key that is not understood must not make the context accept any other.
        guard !fingerprints.contains(nil) else { return nil }
        self.init(
            endpoint: endpoint, user: json["user"]?.string, passwordFile: json["passwordFile"]?.string,
            password: json["password"]?.string, fingerprints: fingerprints.compactMap(\.self),
            authorities: json["caFile"]?.string)
    }

    /// The form in the file.
    var json: JSON {
        var object = publicMembers
        object["password"] = password.map(JSON.string)
        return .object(object)
    }

    /// What may be printed: without the password.
    var publicMembers: JSON.Object {
        var object: JSON.Object = ["connect": .string(endpoint.description)]
        object["user"] = user.map(JSON.string)
        object["passwordFile"] = passwordFile.map(JSON.string)
        if !fingerprints.isEmpty { object["fingerprints"] = .array(fingerprints.map { .string($0.description) }) }
        object["caFile"] = authorities.map(JSON.string)
        return object
    }
}

extension Context: CustomStringConvertible, CustomReflectable {
    /// The endpoint and the user, without the password.
    var description: String { "\(endpoint)" + (user.map { " as \($0)" } ?? "") }
    /// The members without the password.
    var customMirror: Mirror { Mirror(self, children: ["endpoint": endpoint, "user": user as Any]) }
}
