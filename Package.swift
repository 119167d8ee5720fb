// swift-tools-version: 6.2
import PackageDescription

// MARK: How targets are compiled and linked

/// What every target is compiled with. In CI a warning is an error.
let house: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableExperimentalFeature("Lifetimes"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// For the engine and its shell. They run on one thread, so the dynamic checks of exclusive access guard nothing there,
/// and cost a fifth of the instructions. `Sources/README.md` has the proof.
let hot = house + [.unsafeFlags(["-enforce-exclusivity=unchecked"])]

/// For targets that wait most of their time: size is worth more to them than speed. Not for those that `Jet` depends on:
/// SwiftPM refuses unsafe flags in a package that is depended on by version.
let compact = house + [.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// What ships is small, on disk and in memory: unused code is dropped, nothing is exported, and relocations are packed
/// (glibc 2.36 and newer reads them, the version of Debian 12). All symbols are bound at start, and the tables that bind
/// them are read-only from then on.
let shipped: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld"]
            + ["--gc-sections", "--icf=safe", "--no-export-dynamic"].flatMap { ["-Xlinker", $0] }
            + ["pack-relative-relocs", "relro", "now"].flatMap { ["-Xlinker", "-z", "-Xlinker", $0] },
        .when(configuration: .release))
]

/// For C: checks of buffer sizes in the C library's functions, which need optimization.
let fortified: [CSetting] = [.define("_FORTIFY_SOURCE", to: "3", .when(configuration: .release))]
let fortifiedCXX: [CXXSetting] = [.define("_FORTIFY_SOURCE", to: "3", .when(configuration: .release))]

/// The same with stack protectors. Not for those that `Jet` depends on, see `compact`.
let hardened = fortified + [.unsafeFlags(["-fstack-protector-strong"])]
let hardenedCXX = fortifiedCXX + [.unsafeFlags(["-fstack-protector-strong"])]

// MARK: Where targets are

/// The layers, each a folder of `Sources` and, for its tests, of `Tests`. `Sources/README.md` says what each is for and
/// which others it may import; `LayerTests` holds this manifest against that.
enum Layer: String {
    case base = "Base"
    case wire = "Wire"
    case linux = "Linux"
    case engine = "Engine"
    case peer = "Peer"
    case daemon = "Daemon"
    case host = "Host"
    case remote = "Remote"
    case tools = "Tools"
    case programs = "Programs"
    case examples = "Examples"
}

extension Target {
    /// A module: `Sources/<layer>/<name>`.
    static func module(
        _ name: String, _ layer: Layer, _ dependencies: [Target.Dependency] = [], _ settings: [SwiftSetting] = house
    ) -> Target {
        .target(
            name: name, dependencies: dependencies, path: "Sources/\(layer.rawValue)/\(name)", swiftSettings: settings)
    }

    /// A module in C or C++: `Sources/<layer>/<name>`.
    static func native(
        _ name: String, _ layer: Layer, _ settings: [CSetting] = hardened, _ cxxSettings: [CXXSetting] = hardenedCXX
    ) -> Target {
        .target(
            name: name, path: "Sources/\(layer.rawValue)/\(name)", cSettings: settings, cxxSettings: cxxSettings)
    }

    /// A C library of the system: `Sources/<layer>/<name>` has its module map. It names no pkg-config file: on Debian the
    /// compiler finds these libraries without, and SwiftPM would look for them for every package that depends on `Jet`.
    static func system(_ name: String, _ layer: Layer) -> Target {
        .systemLibrary(name: name, path: "Sources/\(layer.rawValue)/\(name)")
    }

    /// An executable of one line: `Sources/Programs/<folder>`.
    static func program(
        _ name: String, _ dependencies: [Target.Dependency], folder: String? = nil
    ) -> Target {
        .executableTarget(
            name: name, dependencies: dependencies, path: "Sources/Programs/\(folder ?? name)", swiftSettings: house,
            linkerSettings: shipped)
    }

    /// Tests: `Tests/<folder>/<name>`, where the folder is the layer's, or `Project` for tests of the project as a whole.
    static func tests(
        _ name: String, _ folder: String, _ dependencies: [Target.Dependency], exclude: [String] = []
    ) -> Target {
        .testTarget(
            name: name, dependencies: dependencies, path: "Tests/\(folder)/\(name)", exclude: exclude,
            swiftSettings: house)
    }
}

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
}

// MARK: The package

let package = Package(
    name: "jet",
    products: [
        .library(name: "Jet", targets: ["Jet"]),
        .executable(name: "jetd", targets: ["jetd"]),
        .executable(name: "jet-agent", targets: ["jet-agent"]),
        .executable(name: "jet-network", targets: ["jet-network"]),
        .executable(name: "jet", targets: ["JetExecutable"]),
        .executable(name: "jet-update", targets: ["jet-update"]),
        .executable(name: "jet-tls", targets: ["jet-tls"]),
        .executable(name: "jet-certificate", targets: ["jet-certificate"]),
        .executable(name: "jet-announce", targets: ["jet-announce"]),
        .executable(name: "jet-multicall", targets: ["jet-multicall"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    ],
    targets: [
        // Base: text, numbers, bytes, files
        .native("CBytes", .base, fortified, fortifiedCXX),
        .native("CTOML", .base),
        .module("JSONText", .base),
        .module("Digests", .base),
        .module("Moments", .base),
        .module("Readiness", .base, [], compact),
        .module("Files", .base, [], compact),
        .module("Text", .base, [], compact),
        .module("ConfigurationFile", .base, ["CTOML", "Files", "JSONText"], compact),

        // Wire: the language that Daemon and Peers speak
        .module("JetProtocol", .wire, ["CBytes", "Digests", "JSONText"]),
        .module("ProxyProtocol", .wire),

        // Linux: the system's libraries and the kernel's interfaces
        .system("CSystemd", .linux),
        .system("CUdev", .linux),
        .native("CLinux", .linux),
        .native("CNetlink", .linux),
        .module("Systemd", .linux, ["CSystemd", "Moments", "Readiness"], compact),
        .module("Udev", .linux, ["CUdev", "Files", "Readiness"], compact),
        .module("Netlink", .linux, ["CNetlink", "Readiness", "Systemd"], compact),
        .module("Signals", .linux, ["CLinux"], compact),
        .module("DocumentedEvents", .linux, [.logging]),
        .module("Journal", .linux, ["CSystemd", "DocumentedEvents", "Moments", "Text", .logging]),

        // Engine: the bus, without input and output
        .module("JetBus", .engine, ["Digests", "JetProtocol", "JSONText"], hot),

        // Daemon: the engine on sockets
        .system("CCrypt", .daemon),
        .module("JetUsers", .daemon, ["CCrypt", "Digests", "Files", "JetProtocol", "JSONText", "Moments"], compact),
        .module(
            "JetDaemon", .daemon,
            [
                "Digests", "DocumentedEvents", "Files", "JetBus", "JetProtocol", "JetUsers", "JSONText", "Moments",
                "Netlink", "ProxyProtocol", .nioCore, .nioHTTP1, .nioPosix, .logging,
            ], hot),
        .module(
            "JetdCommand", .daemon,
            [
                "CLinux", "ConfigurationFile", "DocumentedEvents", "Files", "JetBus", "JetDaemon", "JetProtocol",
                "Journal", "JSONText", "Moments", "Signals", "Systemd", .argumentParser, .logging,
            ], compact),

        // Peer: the library that programs are written with
        .module(
            "Jet", .peer,
            [
                "Digests", "JetProtocol", "JSONText", "Moments", .nioCore, .nioPosix, .nioSSL, .nioTLS, .logging,
            ]),

        // Host: the agent, and the root programs that it asks for what needs root
        .module("NetworkSettings", .host, ["JSONText", "Moments"], compact),
        .module(
            "Handover", .host, ["Files", "JSONText", "Moments", "NetworkSettings", "Text"], compact),
        .module(
            "NetworkApply", .host,
            [
                "DocumentedEvents", "Files", "Handover", "NetworkSettings", "JSONText", "Moments", "Systemd", .logging,
            ], compact),
        .module(
            "SystemUpdate", .host, ["DocumentedEvents", "Files", "Handover", "JSONText", "Moments", .logging], compact),
        .module(
            "AgentCore", .host,
            [
                "CLinux", "ConfigurationFile", "Digests", "DocumentedEvents", "Files", "Jet", "JetProtocol", "JSONText",
                "Moments", "Netlink", "Readiness", "Systemd", "Text", .logging,
            ], compact),
        .module(
            "Providers", .host,
            [
                "AgentCore", "CLinux", "CNetlink", "ConfigurationFile", "DocumentedEvents", "Files", "Handover", "Jet",
                "JetProtocol", "JSONText", "Moments", "Netlink", "NetworkSettings", "Readiness", "Systemd", "Text",
                "Udev", .logging,
            ], compact),
        .module(
            "JetAgentCommand", .host,
            [
                "AgentCore", "CLinux", "ConfigurationFile", "DocumentedEvents", "Jet", "JetProtocol", "Journal",
                "Netlink", "Providers", "Signals", "Systemd", .argumentParser, .logging,
            ], compact),
        .module(
            "JetNetworkCommand", .host,
            [
                "DocumentedEvents", "Handover", "JSONText", "Journal", "NetworkApply", "Systemd", .logging,
            ], compact),
        .module(
            "JetUpdateCommand", .host,
            ["DocumentedEvents", "Files", "Handover", "Journal", "SystemUpdate", "Systemd", .logging], compact),

        // Remote: what makes the daemon reachable from other machines
        .module(
            "DeviceCertificate", .remote, ["Digests", "Files", "Moments", "Netlink", "Text", .nioSSL], compact),
        .module(
            "TLSGateway", .remote,
            [
                "Digests", "DocumentedEvents", "Moments", "ProxyProtocol", .nioCore, .nioPosix, .nioSSL, .nioTLS,
                .logging,
            ],
            compact),
        .module(
            "Announcement", .remote,
            [
                "CLinux", "Digests", "DocumentedEvents", "Files", "Netlink", "Readiness", "Systemd", "Text", .logging,
            ], compact),
        .module(
            "JetTLSCommand", .remote,
            [
                "CLinux", "ConfigurationFile", "DocumentedEvents", "Files", "JetProtocol", "Journal", "JSONText",
                "Signals", "Systemd", "TLSGateway", .argumentParser, .logging,
            ], compact),
        .module(
            "JetCertificateCommand", .remote,
            ["DeviceCertificate", "Digests", "DocumentedEvents", "Journal", "Moments", "Systemd", .logging], compact),
        .module(
            "JetAnnounceCommand", .remote,
            [
                "Announcement", "CLinux", "DeviceCertificate", "Digests", "DocumentedEvents", "Journal", "Signals",
                "Systemd",
                .logging,
            ], compact),

        // Tools: the command `jet`
        .module("JetBench", .tools, ["CLinux", "Files", "Jet", "JetProtocol", "JetUsers", "JSONText"], hot),
        .module(
            "JetCommand", .tools,
            [
                "Announcement", "CLinux", "DeviceCertificate", "Digests", "Files", "Jet", "JetBench", "JetProtocol",
                "JetUsers", "JSONText", "Moments", "Signals", "Systemd", "Text", .argumentParser,
            ], compact),

        // Programs: a main of one line each, and the one that is all of them
        .program("jetd", ["JetdCommand"]),
        .program("jet-agent", ["JetAgentCommand"]),
        // A module `jet` would differ from the library's only by a capital letter.
        .program("JetExecutable", ["JetCommand"], folder: "jet"),
        .program("jet-network", ["JetNetworkCommand"]),
        .program("jet-update", ["JetUpdateCommand"]),
        .program("jet-tls", ["JetTLSCommand"]),
        .program("jet-certificate", ["JetCertificateCommand"]),
        .program("jet-announce", ["JetAnnounceCommand"]),
        .program(
            "jet-multicall",
            [
                "JetdCommand", "JetAgentCommand", "JetCommand", "JetNetworkCommand", "JetUpdateCommand",
                "JetTLSCommand",
                "JetCertificateCommand", "JetAnnounceCommand",
            ]),

        // Examples
        .executableTarget(
            name: "ExampleLamp", dependencies: ["Jet"], path: "Sources/Examples/Lamp", swiftSettings: house),
        .executableTarget(
            name: "ExampleDim", dependencies: ["Jet"], path: "Sources/Examples/Dim", swiftSettings: house),

        // Tests
        .target(name: "TestSupport", dependencies: ["JSONText"], path: "Tests/TestSupport", swiftSettings: house),
        .tests("JSONTextTests", "Base", ["JSONText", "TestSupport"]),
        .tests("DigestsTests", "Base", ["Digests"]),
        .tests("MomentsTests", "Base", ["Moments"]),
        .tests("FilesTests", "Base", ["Files", "TestSupport"]),
        .tests("TextTests", "Base", ["Text"]),
        .tests("ConfigurationFileTests", "Base", ["ConfigurationFile", "Files", "JSONText", "TestSupport"]),
        .tests("JetProtocolTests", "Wire", ["Digests", "JetProtocol", "JSONText", "TestSupport"]),
        .tests("ProxyProtocolTests", "Wire", ["ProxyProtocol"]),
        .tests("SystemdTests", "Linux", ["Systemd", "CSystemd", "TestSupport"]),
        .tests("UdevTests", "Linux", ["Udev"]),
        .tests("NetlinkTests", "Linux", ["CNetlink", "Netlink", "Systemd", "TestSupport"]),
        .tests("SignalsTests", "Linux", ["Signals"]),
        .tests("JournalTests", "Linux", ["Journal", "DocumentedEvents", "Moments", "TestSupport", .logging]),
        .tests("JetBusTests", "Engine", ["JetBus", "Digests", "JetProtocol", "JSONText", "TestSupport"]),
        .tests("BenchmarkTests", "Engine", ["Benchmarks", "JetBus", "JSONText"]),
        .tests(
            "JetUsersTests", "Daemon", ["JetUsers", "Digests", "JetProtocol", "JSONText", "Moments", "TestSupport"]),
        .tests(
            "JetDaemonTests", "Daemon",
            [
                "JetDaemon", "JetdCommand", "jetd", "ConfigurationFile", "DocumentedEvents", "JetBus", "JetProtocol",
                "JetUsers", "JSONText", "TestSupport", "Digests", "ProxyProtocol", .logging, .nioCore, .nioHTTP1,
            ],
            exclude: ["HTTP/Metrics/Golden"]),
        .tests(
            "JetTests", "Peer",
            [
                "Jet", "ExampleLamp", "ExampleDim", "JetBus", "JetDaemon", "JetProtocol", "JetUsers", "JSONText",
                "Moments", "TestSupport", "Digests", "DeviceCertificate", "TLSGateway", .nioCore, .nioPosix, .nioSSL,
                .nioTLS, .logging,
            ]),
        .tests(
            "NetworkSettingsTests", "Host",
            ["Files", "Handover", "JSONText", "NetworkApply", "NetworkSettings", "TestSupport"]),
        .tests(
            "HandoverTests", "Host",
            ["Files", "Handover", "JSONText", "Moments", "NetworkSettings", "TestSupport"]),
        .tests(
            "SystemUpdateTests", "Host",
            ["Files", "Handover", "SystemUpdate", "JSONText", "Moments", "TestSupport"]),
        .tests(
            "HostAgentTests", "Host",
            [
                "AgentCore", "Providers", "jet-agent", "ConfigurationFile", "CNetlink", "Files", "Handover", "Jet",
                "JetDaemon",
                "JetProtocol", "JSONText", "Moments", "Netlink", "NetworkSettings", "Systemd", "TestSupport",
                "Udev", .logging,
            ],
            exclude: ["Fixtures"]),
        .tests(
            "DeviceCertificateTests", "Remote",
            [
                "DeviceCertificate", "Digests", "Files", "JetCertificateCommand", "Moments", "Netlink", "TestSupport",
                .nioSSL,
            ]),
        .tests(
            "TLSGatewayTests", "Remote",
            [
                "TLSGateway", "JetTLSCommand", "jet-tls", "ConfigurationFile", "Digests", "DocumentedEvents",
                "ProxyProtocol", "TestSupport", .argumentParser, .nioCore, .nioPosix, .nioSSL, .logging,
            ]),
        .tests(
            "AnnouncementTests", "Remote", ["Announcement", "Digests", "Files", "Systemd", "TestSupport", .logging]),
        .tests(
            "JetBenchTests", "Tools",
            ["JetBench", "JetBus", "JetDaemon", "JetProtocol", "JSONText", "TestSupport", .logging]),
        .tests(
            "JetCommandTests", "Tools",
            [
                "JetCommand", "JetExecutable", "JetBench", "jetd", "jet-tls", "Announcement", "Digests",
                "DeviceCertificate", "Files", "Jet",
                "JetProtocol", "JetUsers", "JSONText", "Moments", "TestSupport", .argumentParser,
            ]),
        .tests("ProgramTests", "Programs", ["jet-multicall", "TestSupport"]),
        // Of the pages in packaging/man; the programs are asked for their options as they are built.
        .tests("ManualTests", "Project", ["Handover", "JSONText", "JetProtocol", "TestSupport"]),
        .tests(
            "ProjectTests", "Project",
            [
                "AgentCore", "Announcement", "DocumentedEvents", "JetCertificateCommand", "JetDaemon", "JetProtocol",
                "Journal", "JSONText", "NetworkApply", "Providers", "SystemUpdate", "TestSupport", "TLSGateway",
            ]),

        // Measured by packaging/benchmark, tried by the tests; no product.
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["JetBus", "JetProtocol", "JSONText", "CLinux", .argumentParser],
            path: "Tests/Benchmarks",
            exclude: ["README.md"],
            swiftSettings: house),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
