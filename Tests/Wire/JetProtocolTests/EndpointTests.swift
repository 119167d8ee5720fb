import JetProtocol
import Testing

/// The texts that say where a daemon is.
@Suite("Endpoints")
struct EndpointTests {
    @Test(
        "each form is read",
        arguments: [
            ("unix:/run/jet/jet.sock", .unix(path: "/run/jet/jet.sock")),
            ("unix:///run/jet/jet.sock", .unix(path: "/run/jet/jet.sock")),
            ("/run/jet/jet.sock", .unix(path: "/run/jet/jet.sock")),
            ("//run/jet.sock", .unix(path: "//run/jet.sock")),
            ("unix:/with space/and:colon", .unix(path: "/with space/and:colon")),
            ("tcp://host:1234", .tcp(host: "host", port: 1234)), ("tcp://host", .tcp(host: "host", port: 11122)),
            ("tcp://host/", .tcp(host: "host", port: 11122)), ("tcp://host:1/", .tcp(host: "host", port: 1)),
            ("tcp://127.0.0.1:65535", .tcp(host: "127.0.0.1", port: 65535)),
            ("tcp://[::1]:1234", .tcp(host: "::1", port: 1234)),
            ("tcp://[fe80::1%eth0]", .tcp(host: "fe80::1%eth0", port: 11122)),
            ("ws://host", .webSocket(host: "host", port: 11123)), ("ws://[::1]:80/", .webSocket(host: "::1", port: 80)),
            ("jets://shed.local", .tls(host: "shed.local", port: 11124)),
            ("jets://[::1]:1", .tls(host: "::1", port: 1)),
            ("wss://shed.local", .secureWebSocket(host: "shed.local", port: 11124)),
            ("wss://host:443/", .secureWebSocket(host: "host", port: 443)),
        ] as [(String, Endpoint)])
    func forms(text: String, endpoint: Endpoint) throws {
        #expect(try Endpoint(parsing: text) == endpoint)
    }

    private static let noScheme = "expected unix:/path, or tcp://, ws://, jets:// or wss:// with host:port"

    @Test(
        "a text that is not an endpoint is refused with the reason",
        arguments: [
            ("", noScheme), ("host:11122", noScheme), ("http://host", noScheme), ("jets:host", noScheme),
            ("WSS://host", noScheme),
            ("unix:", "a unix socket needs an absolute path"),
            ("unix:jet.sock", "a unix socket needs an absolute path"),
            ("unix://run/jet.sock", "a unix socket needs an absolute path"),
            ("unix:/a\u{0}b", "a unix socket's path has at most 107 bytes and no NUL"),
            ("tcp://", "the host is missing"), ("tcp://:80", "the host is missing"),
            ("tcp://[]:80", "the host is missing"),
            ("tcp://[::1", "the bracket is not closed"), ("tcp://[::1]80", "expected tcp://host:port"),
            ("tcp://host/path", "expected tcp://host:port"),
            ("ws://", "the host is missing"), ("ws://host/path", "expected ws://host:port"),
            ("jets://:1", "the host is missing"), ("wss://host/path", "expected wss://host:port"),
            ("tcp://host:", "the port must be a number from 1 to 65535"),
            ("tcp://host:0", "the port must be a number from 1 to 65535"),
            ("tcp://host:65536", "the port must be a number from 1 to 65535"),
            ("tcp://host:-1", "the port must be a number from 1 to 65535"),
            ("tcp://host:+80", "the port must be a number from 1 to 65535"),
            ("tcp://host:8o", "the port must be a number from 1 to 65535"),
            ("tcp://::1", "the host is missing"), ("tcp://fe80::1", "the port must be a number from 1 to 65535"),
            ("tcp://host:99999999999999999999", "the port must be a number from 1 to 65535"),
        ])
    func refused(text: String, reason: String) {
        let error = #expect(throws: EndpointError.self) { try Endpoint(parsing: text) }
        #expect(error?.text == text)
        #expect(error?.reason == reason)
        #expect(error?.description == "'\(text)' is not an endpoint: \(reason)")
    }

    @Test("a unix socket's path has at most 107 bytes")
    func longPath() throws {
        let longest = "/" + String(repeating: "x", count: 106)
        #expect(try Endpoint(parsing: "unix:\(longest)") == .unix(path: longest))
        #expect(throws: EndpointError.self) { try Endpoint(parsing: "unix:\(longest)x") }
        #expect(throws: EndpointError.self) { try Endpoint(parsing: "/" + String(repeating: "é", count: 54)) }
    }

    @Test(
        "an endpoint's description is read as the same endpoint",
        arguments: [
            .unix(path: "/run/jet/jet.sock"), .unix(path: "//x"), .tcp(host: "host", port: 1),
            .tcp(host: "::1", port: 11122), .webSocket(host: "::1", port: 11123), .webSocket(host: "host", port: 1),
            .tls(host: "::1", port: 11124), .secureWebSocket(host: "host", port: 443),
        ] as [Endpoint])
    func description(endpoint: Endpoint) throws {
        #expect(try Endpoint(parsing: endpoint.description) == endpoint)
    }

    @Test("jets and wss are encrypted, the others are not")
    func secure() throws {
        let texts = ["jets://h", "wss://h", "unix:/x", "tcp://h", "ws://h"]
        #expect(try texts.map { try Endpoint(parsing: $0).isSecure } == [true, true, false, false, false])
    }
}

/// Where the daemon of this machine is, when nobody says otherwise.
@Suite("The local endpoint")
struct LocalEndpointTests {
    @Test("a service of systemd listens in its runtime directory, the first if there are several")
    func runtimeDirectory() {
        for (directory, path) in [("/run/jet", "/run/jet/jet.sock"), ("/run/a:/run/b", "/run/a/jet.sock")] {
            let environment = ["RUNTIME_DIRECTORY": directory, "XDG_RUNTIME_DIR": "/run/user/7"]
            #expect(LocalEndpoint.socketPath(userID: 0, environment: environment) == path)
            #expect(LocalEndpoint.socketPath(userID: 7, environment: environment) == path)
        }
        #expect(LocalEndpoint.socketPath(userID: 0, environment: ["RUNTIME_DIRECTORY": ""]) == "/run/jet/jet.sock")
    }

    @Test("root listens in /run/jet, a user in the user's own directory, else in /tmp")
    func byUser() {
        let environment = ["XDG_RUNTIME_DIR": "/run/user/7"]
        #expect(LocalEndpoint.socketPath(userID: 0, environment: environment) == "/run/jet/jet.sock")
        #expect(LocalEndpoint.socketPath(userID: 7, environment: environment) == "/run/user/7/jet/jet.sock")
        #expect(LocalEndpoint.socketPath(userID: 7, environment: [:]) == "/tmp/jet-7/jet.sock")
        #expect(
            LocalEndpoint.socketPath(userID: 7, environment: ["XDG_RUNTIME_DIR": "relative"]) == "/tmp/jet-7/jet.sock")
    }

    @Test("a peer looks for the user's own daemon, then the system's, then the loopback port")
    func candidates() throws {
        let loopback = Endpoint.tcp(host: "127.0.0.1", port: 11122)
        let user = try LocalEndpoint.candidates(userID: 7, environment: ["XDG_RUNTIME_DIR": "/run/user/7"])
        #expect(user == [.unix(path: "/run/user/7/jet/jet.sock"), .unix(path: "/run/jet/jet.sock"), loopback])
        let root = try LocalEndpoint.candidates(userID: 0, environment: [:])
        #expect(root == [.unix(path: "/run/jet/jet.sock"), .unix(path: "/tmp/jet-0/jet.sock"), loopback])
    }

    @Test("what a daemon with the same rights and environment makes is among what its peers look for")
    func meeting() throws {
        for environment in [[:], ["XDG_RUNTIME_DIR": "/run/user/7"]] {
            for user in [0, 7] as [UInt32] {
                let path = LocalEndpoint.socketPath(userID: user, environment: environment)
                let candidates = try LocalEndpoint.candidates(userID: user, environment: environment)
                #expect(candidates.first == .unix(path: path))
            }
        }
    }

    @Test("a peer that is told where, looks nowhere else")
    func told() throws {
        let environment = ["JET_CONNECT": "tcp://host:1", "XDG_RUNTIME_DIR": "/run/user/7"]
        #expect(try LocalEndpoint.candidates(userID: 7, environment: environment) == [.tcp(host: "host", port: 1)])
        #expect(throws: EndpointError.self) {
            try LocalEndpoint.candidates(userID: 7, environment: ["JET_CONNECT": "host"])
        }
        #expect(try LocalEndpoint.candidates(userID: 7, environment: ["JET_CONNECT": ""]).count == 3)
    }
}
