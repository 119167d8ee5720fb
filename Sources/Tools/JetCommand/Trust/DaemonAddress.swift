import JetProtocol

/// The host and the port of a daemon with TLS, as they stand in the file of known daemons: `shed.local:11124`.
///
/// Names of hosts do not differ in upper and lower case, nor by a full stop at their end.
struct DaemonAddress: Hashable, Sendable {
    /// A name in lower case, or an address; IPv6 without brackets.
    let host: String
    /// The port.
    let port: Int

    /// The address of these parts.
    init(host: String, port: Int) {
        let name = host.lowercased()
        self.host = name.hasSuffix(".") ? String(name.dropLast()) : name
        self.port = port
    }

    /// The address of an endpoint; `nil` for a unix socket.
    init?(_ endpoint: Endpoint) {
        guard let (host, port) = endpoint.address else { return nil }
        self.init(host: host, port: port)
    }

    /// Reads `HOST` or `HOST:PORT`, with an IPv6 address in brackets or alone; `nil` if it is neither.
    init?(parsing text: String) {
        guard let endpoint = try? Endpoint(named: text), endpoint.isSecure else { return nil }
        self.init(endpoint)
    }
}

extension DaemonAddress: CustomStringConvertible {
    /// The form that `init(parsing:)` reads.
    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension Endpoint {
    /// Reads what `--connect` accepts: a URL, the path of a unix socket, or the name or the address of another machine, which
    /// means `wss://HOST:11124`.
    ///
    /// - Throws: `EndpointError` with the reason.
    init(named text: String) throws(EndpointError) {
        guard Self.isHost(text) else {
            self = try Endpoint(parsing: text)
            return
        }
        let isBareIPv6 = !text.hasPrefix("[") && text.utf8.count(where: { $0 == UInt8(ascii: ":") }) > 1
        self = try Endpoint(parsing: "wss://" + (isBareIPv6 ? "[\(text)]" : text))
    }

    /// Whether a text can only be a host, with or without a port: no path and no URL.
    private static func isHost(_ text: String) -> Bool {
        guard !text.isEmpty, !text.hasPrefix("unix:"), !text.hasPrefix("-") else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || ".-_:%[]".unicodeScalars.contains(scalar)
        }
    }
}
