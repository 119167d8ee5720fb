import ConfigurationFile
import JetBus
import JetDaemon
import JetProtocol
import Logging
import Testing

@testable import JetdCommand

/// The daemon's configuration file: what can stand in it, and how what is wrong with it is told.
@Suite("jetd.toml")
struct DaemonSettingsTests {
    @Test("an empty file changes nothing, and so does one that is not there, if it need not be")
    func empty() throws {
        #expect(try DaemonSettings(parsing: "") == DaemonSettings())
        #expect(try DaemonSettings(path: "/nowhere/jetd.toml", isOptional: true) == DaemonSettings())
        #expect(throws: ConfigurationError.self) { try DaemonSettings(path: "/nowhere/jetd.toml") }
    }

    @Test("all that it can say is taken up")
    func everything() throws {
        let settings = try DaemonSettings(
            parsing: """
                name = "kitchen"
                log-level = "debug"
                message-limit = 2048
                [listen]
                unix = "/run/kitchen.sock"
                tcp-port = 0
                web-port = false
                [web]
                allow-origins = ["https://panel.example", "null"]
                ping-interval = 0.0004
                page = false
                folder = "/srv/radar"
                javascript = "/srv/js"
                api = false
                [metrics]
                enabled = false
                allow = ["192.0.2.0/24"]
                [[metrics.states]]
                starts-with = "sensors/"
                contains = "temperature"
                [[metrics.states]]
                equals = "a"
                ends-with = ""
                [users]
                file = "/srv/users.json"
                [grants]
                "user:1000" = ["read", "write"]
                "group:staff" = []
                [remote]
                gateways = ["user:jet-tls", "group:4"]
                anonymous = "read"
                allow-plaintext = true
                [remote.subjects]
                "CN=press-7,O=Example" = "press"
                [limits]
                timeout = 0.5
                outbox = 65536
                pending-requests = 1
                pending-bytes = 1024
                get-elements = 1024
                parse-errors = 3
                silence = 1.5
                [quotas]
                elements = 1
                bytes = 65536
                fetches = 2
                rule-bytes = 1024
                pending-requests = 3
                unread-bytes = 65537
                waiting-passwords = 2
                connections = 4
                [accounts]
                "user:backup" = { elements = 5, connections = 6 }
                "address:2001:db8::1" = { bytes = 65536 }
                [paths]
                "settings/" = ["user:jet-agent", "login:ann", "group:7"]
                "free/" = []
                """)
        #expect(settings.name == "kitchen" && settings.logLevel == .debug && settings.messageLimit == 2048)
        #expect(settings.listen.unix == .path("/run/kitchen.sock"))
        #expect(settings.listen.tcpPort == 0 && settings.listen.webPort == nil)
        #expect(settings.web.origins.allowed.map(\.description).sorted() == ["https://panel.example", "null"])
        #expect(settings.web.pingInterval == 1, "a moment is not never")
        #expect(!settings.web.hasPage && settings.web.folder == "/srv/radar" && settings.web.library == "/srv/js")
        var metrics = MetricsConfiguration()
        metrics.isEnabled = false
        metrics.networks = [.addresses(address: [192, 0, 2, 0], bits: 24)]
        metrics.rules = [.init(), .init()]
        (metrics.rules[0].startsWith, metrics.rules[0].contains) = ("sensors/", "temperature")
        (metrics.rules[1].equals, metrics.rules[1].endsWith) = ("a", "")
        #expect(!settings.web.api && settings.metrics.configuration == metrics)
        #expect(settings.users == .path("/srv/users.json"))
        #expect(
            Set(settings.grants) == [
                Grant(to: .user("1000"), ["read", "write"], mayBeMissing: true),
                Grant(to: .group("staff"), [], mayBeMissing: true),
            ])
        #expect(settings.remote.gateways == [.user("jet-tls"), .group("4")])
        #expect(settings.remote.anonymous == .read)
        #expect(settings.remote.allowsPlaintext)
        #expect(settings.remote.subjects == ["CN=press-7,O=Example": "press"])
        var bus = Bus.Configuration()
        settings.limits.apply(to: &bus)
        #expect(bus.defaultTimeout == 500_000_000 && bus.outboxLimit == 65536 && bus.pendingRequestLimit == 1)
        #expect(bus.pendingBytesLimit == 1024 && bus.walkLimit == 1024 && bus.parseErrorLimit == 3)
        #expect(settings.limits.silence == .milliseconds(1500))
        var limits = Quotas.Limits()
        limits.elements = 5
        var bytes = Quotas.Limits()
        bytes.bytes = 65536
        #expect(
            Set(settings.accounts) == [
                AccountRule(for: .user("backup"), limits, connections: 6),
                AccountRule(for: .address("2001:db8::/64"), bytes),
            ])
        #expect(
            Set(settings.paths) == [
                PathOwnership(prefix: "settings/", owners: [.user("jet-agent"), .login("ann"), .group("7")]),
                PathOwnership(prefix: "free/", owners: []),
            ])
    }

    @Test("the quotas of the file replace the defaults, which are shares of the memory and of the descriptors")
    func quotas() throws {
        var configuration = DaemonConfiguration(listeners: [])
        try DaemonSettings(parsing: "[quotas]\nfetches = 2\nwaiting-passwords = 3").quotas
            .apply(to: &configuration, memory: 1000, descriptors: 256)
        #expect(configuration.bus.quotas.bytes == 500 && configuration.bus.quotas.unreadBytes == 250)
        #expect(configuration.bus.quotas.fetches == 2 && configuration.bus.quotas.authentications == 3)
        #expect(configuration.bus.authenticationLimit == 3)
        #expect(configuration.connections == Daemon.connections(ofDescriptors: 256))
        try DaemonSettings(parsing: "[quotas]\nbytes = 70000\nunread-bytes = 70001\nconnections = 7").quotas
            .apply(to: &configuration, memory: 1000, descriptors: 256)
        #expect(configuration.bus.quotas.bytes == 70000 && configuration.bus.quotas.unreadBytes == 70001)
        #expect(configuration.connections == 7)
    }

    @Test("the folders of the page and the library; the command line replaces both")
    func folders() throws {
        func folders(_ text: String, radar: String? = nil) throws -> DaemonConfiguration.WebFolders {
            try DaemonSettings(parsing: "[web]\n\(text)").web.folders(radar: radar)
        }
        let usual = try folders("")
        #expect(usual.page == "/usr/share/jet/radar" && usual.pageMayBeMissing)
        #expect(usual.library == ["/usr/share/javascript/jet"])
        let own = try folders("folder = \"/srv/radar\"\njavascript = false")
        #expect(own.page == "/srv/radar" && !own.pageMayBeMissing && own.library.isEmpty)
        #expect(try folders("page = false").page == nil)
        let named = try folders("page = false", radar: "Sources/Web/Radar")
        #expect(named.page == "Sources/Web/Radar" && !named.pageMayBeMissing && named.library.isEmpty)
    }

    @Test("the number of waiting passwords is still read where older files have it")
    func movedKey() throws {
        #expect(try DaemonSettings(parsing: "[limits]\nwaiting-passwords = 9").quotas.quotas.authentications == 9)
    }

    @Test(
        "what is wrong is refused, with the line and what it should be",
        arguments: [
            ("nmae = \"x\"", "1: 'nmae' is not a known key; did you mean 'name'?"),
            ("\n[listen]\ntcp-prot = 1", "3: 'listen.tcp-prot' is not a known key; did you mean 'tcp-port'?"),
            (
                "[listen]\ntcp-port = 65536",
                "2: 'listen.tcp-port' must be a port from 0 to 65535, or false for none, not 65536."
            ),
            (
                "[listen]\nweb-port = true",
                "2: 'listen.web-port' must be a port from 0 to 65535, or false for none, not true."
            ),
            ("[listen]\nunix = \"jet.sock\"", "2: 'listen.unix' must be an absolute path, or false for none"),
            (
                "[listen]\nunix = \"/\(String(repeating: "x", count: 107))\"",
                "2: 'listen.unix' must not be longer than 107 bytes"
            ),
            ("log-level = \"loud\"", "1: 'log-level' must be one of \"trace\""),
            ("message-limit = 1", "1: 'message-limit' must be a whole number from 1024 to 1073741824, not 1."),
            ("[web]\nallow-origins = [\"panel.example\"]", "2: 'web.allow-origins' must list origins"),
            ("[web]\nping-interval = -1", "2: 'web.ping-interval' must be a number from 0 to 3600"),
            ("[web]\nfolder = false", "2: 'web.folder' must be an absolute path; for no page, set page to false."),
            ("[web]\njavascript = \"js\"", "2: 'web.javascript' must be an absolute path, or false for none"),
            ("[web]\napi = 1", "2: 'web.api' must be true or false, not 1."),
            ("[metrics]\nenable = true", "2: 'metrics.enable' is not a known key; did you mean 'enabled'?"),
            ("[metrics]\nallow = [\"lan\"]", "2: 'metrics.allow' must list \"loopback\", addresses or networks"),
            ("[metrics]\nallow = [\"192.0.2.7/24\"]", "2: 'metrics.allow' must list"),
            ("[metrics]\nstates = 1", "2: 'metrics.states' must be an array of tables"),
            ("[metrics.states]\nequals = \"a\"", "1: 'metrics.states' must be an array of tables"),
            (
                "[[metrics.states]]\n[[metrics.states]]\n\nstart-with = \"a\"",
                "4: 'metrics.states[1].start-with' is not a known key; did you mean 'starts-with'?"
            ),
            ("[[metrics.states]]\nequals = 1", "2: 'metrics.states[0].equals' must be a text in quotes, not 1."),
            (String(repeating: "[[metrics.states]]\n", count: 33), "1: 'metrics.states' may have at most 32 rules."),
            ("[users]\nfile = 3", "2: 'users.file' must be an absolute path, or false for none, not 3."),
            ("[grants]\nroot = [\"a\"]", "2: 'grants.root' must be \"user:NAME\" or \"group:NAME\"."),
            ("[grants]\n\"user:\" = [\"a\"]", "2: 'grants.user:' must be"),
            ("[grants]\n\"user:root\" = \"a\"", "2: 'grants.user:root' must be a list of texts"),
            ("[grants]\n\"user:root\" = [\"\"]", "2: 'grants.user:root' has an empty group name."),
            ("[grants]\nuser:root = []", "2: "),
            (
                "[remote]\ngateways = [\"jet-tls\"]",
                "2: 'remote.gateways' must list \"user:NAME\" or \"group:NAME\", not \"jet-tls\"."
            ),
            ("[remote]\ngateway = []", "2: 'remote.gateway' is not a known key; did you mean 'gateways'?"),
            ("[remote]\nanonymous = true", "2: 'remote.anonymous' must be a text in quotes, not true."),
            ("[remote]\nanonymous = \"all\"", "2: 'remote.anonymous' must be \"none\" or \"read\", not \"all\"."),
            ("[remote.subjects]\n\"CN=a, O=b\" = \"ann\"", "2: 'remote.subjects.CN=a, O=b' must be the subject of"),
            ("[remote.subjects]\nann = \"ann\"", "2: 'remote.subjects.ann' must be the subject of"),
            ("[remote.subjects]\n\"CN=a\" = \"\"", "2: 'remote.subjects.CN=a' must be the name of a user"),
            ("[remote]\nallow-plaintext = 1", "2: 'remote.allow-plaintext' must be true or false, not 1."),
            ("[limits]\nout-box = 1", "2: 'limits.out-box' is not a known key; did you mean 'outbox'?"),
            ("[limits]\ntimeout = 0", "2: 'limits.timeout' must be a number from 0.001 to 86400"),
            ("[quotas]\nelments = 1", "2: 'quotas.elments' is not a known key; did you mean 'elements'?"),
            ("[quotas]\nfetches = 0", "2: 'quotas.fetches' must be a whole number from 1 to 4294967296, not 0."),
            ("[accounts]\n\"backup\" = { elements = 1 }", "2: 'accounts.backup' must be \"user:NAME\", "),
            ("[accounts]\n\"address:x\" = { elements = 1 }", "2: 'accounts.address:x' must be \"user:NAME\", "),
            (
                "[accounts]\n\"user:a\" = { elments = 1 }",
                "2: 'accounts.user:a.elments' is not a known key; did you mean 'elements'?"
            ),
            ("[accounts]\n\"user:a\" = 1", "2: 'accounts.user:a' must be a table, not 1."),
            (
                "[paths]\n\"settings/\" = [\"jet-agent\"]",
                "2: 'paths.settings/' must list \"user:NAME\", \"group:NAME\" or \"login:NAME\", not \"jet-agent\"."
            ),
            ("[paths]\n\"settings/\" = [\"address:192.0.2.7\"]", "2: 'paths.settings/' must list "),
            ("[paths]\n\"settings/\" = \"user:a\"", "2: 'paths.settings/' must be a list of texts"),
        ])
    func wrong(text: String, complaint: String) {
        let error = #expect(throws: ConfigurationError.self) { try DaemonSettings(parsing: text) }
        #expect(error?.description.hasPrefix("jetd.toml:\(complaint)") == true, "\(error?.description ?? "none")")
    }

    @Test("a running daemon is told by their keys what it cannot take up")
    func fixed() throws {
        let old = DaemonSettings()
        let new = try DaemonSettings(
            parsing: """
                name = "x"
                log-level = "debug"
                [listen]
                tcp-port = 1
                [web]
                allow-origins = ["*"]
                ping-interval = 1
                [grants]
                "user:root" = ["a"]
                [limits]
                parse-errors = 1
                [quotas]
                elements = 1
                [paths]
                "a/" = []
                """)
        #expect(new.fixed(otherThan: old) == ["name", "[listen]", "web.ping-interval", "[limits]", "[quotas]"])
        #expect(old.fixed(otherThan: old).isEmpty)
        var kept = new
        kept.keepFixed(of: old)
        #expect(kept.fixed(otherThan: old).isEmpty)
        #expect(kept.grants == new.grants && kept.web.origins == new.web.origins && kept.paths == new.paths)
    }
}

/// Where the daemon's files are.
@Suite("jetd: where its files are")
struct ConfigurationPlaceTests {
    private func place(_ userID: UInt32, _ environment: [String: String] = [:]) -> [String?] {
        let place = DaemonPaths(userID: userID, environment: environment)
        return [place.configuration, place.users]
    }

    @Test("the system's daemon is run by root, or is a service that is told its folders")
    func system() {
        let files = ["/etc/jet/jetd.toml", "/var/lib/jet/users.json"]
        #expect(place(0, ["HOME": "/root"]) == files)
        #expect(place(990, ["CONFIGURATION_DIRECTORY": "/etc/jet", "STATE_DIRECTORY": "/var/lib/jet"]) == files)
        #expect(place(990, ["CONFIGURATION_DIRECTORY": "/a:/b", "HOME": "/c"]) == ["/a/jetd.toml", nil])
    }

    @Test("a user's daemon is configured by him, and nothing of the system's holds for it")
    func own() {
        #expect(place(1000, ["HOME": "/home/jane"]) == ["/home/jane/.config/jet/jetd.toml", nil])
        #expect(place(1000, ["HOME": "/home/jane", "XDG_CONFIG_HOME": "/c"]) == ["/c/jet/jetd.toml", nil])
        #expect(place(1000, ["HOME": "/h", "XDG_CONFIG_HOME": "relative"]) == ["/h/.config/jet/jetd.toml", nil])
        #expect(place(1000) == [nil, nil])
    }
}
