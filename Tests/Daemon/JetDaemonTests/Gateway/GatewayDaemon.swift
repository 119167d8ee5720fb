import Digests
import Glibc
import JSONText
import JetProtocol
import JetUsers
import Logging
import ProxyProtocol

@testable import JetDaemon

/// A daemon with a socket for gateways, of which the test is one, and with a users file.
struct GatewayDaemon: Sendable {
    let daemon: TestDaemon
    let users: TestUsers
    let log: LogTests.Log
    /// The socket for gateways.
    let endpoint: Endpoint

    /// Runs a daemon for as long as `body` takes.
    static func with(
        _ adjust: @escaping @Sendable (inout DaemonConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (GatewayDaemon) throws -> Void
    ) async throws {
        let log = LogTests.Log()
        try await withFolder { folder in
            let users = try TestUsers(in: folder)
            let handover = Handover()
            let endpoint = try handover.unix("\(folder)/gateway.sock", name: "gateway")
            let socket = try ReceivedSocket(descriptor: dup(handover.descriptors[0]), name: "gateway")
            try await withDaemon(
                {
                    $0.sockets = [socket]
                    $0.gateways = [.user("\(geteuid())")]
                    $0.users = users.file.path
                    $0.loginDelay = 0
                    adjust(&$0)
                }, logger: log.logger
            ) { try body(GatewayDaemon(daemon: $0, users: users, log: log, endpoint: endpoint)) }
        }
    }

    /// Connects, and writes this header.
    func peer(_ header: ProxyHeader = .peer()) throws -> RawPeer {
        let peer = try RawPeer(endpoint)
        try peer.write(header.bytes)
        return peer
    }

    /// Connects as a peer that has shown a key.
    func peer(withKey key: Fingerprint) throws -> RawPeer { try peer(.peer(tls: .key(key))) }

    /// Connects by WebSocket.
    func webSocket(_ header: ProxyHeader = .peer()) throws -> WebSocketPeer {
        let peer = WebSocketPeer(over: try peer(header))
        let status = try peer.request(WebSocketPeer.handshake()).status
        guard status == 101 else { throw RawPeer.Failure.closed(leftover: status) }
        return peer
    }

    /// Gives a user a key.
    func add(_ key: Fingerprint, to user: String, title: String = "laptop") throws {
        try users.file.update { $0.addKey(User.Key(key, title: title), to: user) }
        try reload()
    }

    /// The configuration that it was started with.
    var configuration: DaemonConfiguration { daemon.daemon.configuration }

    func reload(_ configuration: DaemonConfiguration? = nil) throws {
        try block { try await daemon.daemon.reload(configuration) }
    }

    /// What peers that the daemon knows use, by the method `peers`.
    func reported() throws -> [JSON] {
        let operatorPeer = try RawPeer(daemon.unix)
        return try operatorPeer.askValue(#"{"id":1,"method":"peers"}"#)["result"]?["peers"]?.array ?? []
    }
}

extension ProxyHeader {
    /// The header for a peer of 192.0.2.7, unless another address is given.
    static func peer(
        _ address: [UInt8] = [192, 0, 2, 7], port: UInt16 = 50_312, tls: TLS? = TLS(version: "TLSv1.3")
    ) -> ProxyHeader {
        let local: [UInt8] =
            address.count == 4 ? [192, 0, 2, 1] : [0x20, 1, 0x0D, 0xB8] + .init(repeating: 0, count: 12)
        return ProxyHeader(
            source: Address(bytes: address, port: port), destination: Address(bytes: local, port: 11_124), tls: tls)
    }
}

extension ProxyHeader.TLS {
    /// A peer that has shown its own key.
    static func key(_ key: Fingerprint) -> Self {
        Self(version: "TLSv1.3", hasCertificate: true, commonName: "Jet peer key", keyFingerprint: key.bytes)
    }

    /// A peer whose certificate the administrator's CA has issued.
    static func certificate(_ commonName: String, subject: String? = nil, isVerified: Bool = true) -> Self {
        Self(
            version: "TLSv1.3", hasCertificate: true, isVerified: isVerified, commonName: commonName, subject: subject)
    }
}

extension Fingerprint {
    /// A fingerprint for tests.
    static func test(_ number: UInt8 = 1) -> Fingerprint { Fingerprint(ofKey: [number]) }
}

extension RawPeer {
    /// The data of the error with which a request fails; `nil` if it succeeds.
    func refusal(_ method: String, _ params: JSON = [:]) throws -> JSON? {
        try askValue("\(["id": 1, "method": .string(method), "params": params] as JSON)")["error"]?["data"]
    }

    /// The result of a request; `nil` if it fails.
    func result(_ method: String, _ params: JSON = [:]) throws -> JSON? {
        try askValue("\(["id": 1, "method": .string(method), "params": params] as JSON)")["result"]
    }
}
