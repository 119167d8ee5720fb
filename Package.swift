// swift-tools-version: 6.2
import PackageDescription

/// What every target is compiled with. In CI a warning is an error.
let house: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableExperimentalFeature("Lifetimes"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// The engine and its shell run on one thread, so the dynamic checks of exclusive access
/// guard nothing there; they cost a fifth of the instructions.
let hot = house + [.unsafeFlags(["-enforce-exclusivity=unchecked"])]

/// What waits for the world most of its time: an eighth of its instructions is worth more as space than as time.
let compact = house + [.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// What ships is as small as it can be, on disk and in memory: what is not used is left out, nothing is exported, and
/// relocations are packed, which glibc can read from 2.36 on, that of Debian 12. All symbols are bound at the start, so
/// that what they are bound by is read-only from then on.
let shipped: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld"]
            + ["--gc-sections", "--icf=safe", "--no-export-dynamic"].flatMap { ["-Xlinker", $0] }
            + ["pack-relative-relocs", "relro", "now"].flatMap { ["-Xlinker", "-z", "-Xlinker", $0] },
        .when(configuration: .release))
]

/// The daemon needs no Swift on the device however it is built. (With FoundationEssentials, as in the other commands,
/// that takes `swift build --static-swift-stdlib`.)
let selfContained: [LinkerSetting] = [.unsafeFlags(["-static-stdlib"], .when(configuration: .release))]

let nio = "swift-nio"

let package = Package(
    name: "jet",
    products: [
        .library(name: "Jet", targets: ["Jet"]),
        .executable(name: "jetd", targets: ["jetd"]),
        .executable(name: "jet-agent", targets: ["jet-agent"]),
        .executable(name: "jet-network", targets: ["jet-network"]),
        .executable(name: "jet", targets: ["JetExecutable"]),
        .executable(name: "jet-update", targets: ["jet-update"]),
        .executable(name: "jet-multicall", targets: ["jet-multicall"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    ],
    targets: [
        // Text
        .target(name: "JSONText", swiftSettings: house),

        .target(name: "Moments", swiftSettings: compact),

        // Language
        .target(name: "JetProtocol", dependencies: ["JSONText", "CBytes"], swiftSettings: house),
        .target(name: "CBytes"),

        .target(name: "CTOML"),
        .target(name: "ConfigurationFile", dependencies: ["CTOML", "JSONText"], swiftSettings: compact),

        // Users
        .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .target(name: "JetUsers", dependencies: ["CCrypt", "JetProtocol", "JSONText"], swiftSettings: compact),

        // Engine
        .target(name: "JetBus", dependencies: ["JetProtocol", "JSONText"], swiftSettings: hot),

        // Shells
        .target(
            name: "JetDaemon",
            dependencies: [
                "DocumentedEvents", "JetBus", "JetProtocol", "JetUsers",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOWebSocket", package: nio),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: hot),
        .target(
            name: "Jet",
            dependencies: [
                "JetProtocol", "JSONText",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: house),
        .target(
            name: "HostAgent",
            dependencies: [
                "CClock", "CLinux", "CNetlink", "ConfigurationFile", "DocumentedEvents", "Jet", "JetProtocol",
                "JSONText", "Moments", "NetworkSettings", "Readiness", "SystemUpdate", "Systemd", "Udev",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: compact),

        // Network settings: what they are, and the root program that makes them so
        .target(name: "NetworkSettings", dependencies: ["JSONText", "Moments"], swiftSettings: compact),
        .target(
            name: "NetworkApply",
            dependencies: [
                "DocumentedEvents", "NetworkSettings", "JSONText", "Moments", "Systemd",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: compact),

        .target(
            name: "JetBench", dependencies: ["JetProtocol", "JSONText", "CLinux"], swiftSettings: hot),

        // System libraries
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CUdev", pkgConfig: "libudev", providers: [.apt(["libudev-dev"])]),
        .target(name: "CLinux"),
        .target(name: "CClock"),
        .target(name: "CNetlink"),
        .target(name: "Systemd", dependencies: ["CSystemd", "Readiness"], swiftSettings: compact),
        .target(name: "Udev", dependencies: ["CUdev", "Readiness"], swiftSettings: compact),
        .target(name: "Readiness", swiftSettings: compact),
        .target(name: "ProcessSignals", dependencies: ["CLinux"], swiftSettings: compact),

        // Logs
        .target(
            name: "DocumentedEvents", dependencies: [.product(name: "Logging", package: "swift-log")],
            swiftSettings: house),
        .target(
            name: "Journal",
            dependencies: [
                "CSystemd", "DocumentedEvents", "Moments", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: house),

        // Root programs
        .target(
            name: "SystemUpdate",
            dependencies: [
                "DocumentedEvents", "JSONText", "Moments", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: compact),

        // Programs: what each one is, and executables of one line that run it
        .target(
            name: "JetdCommand",
            dependencies: [
                "CLinux", "ConfigurationFile", "DocumentedEvents", "JetBus", "JetDaemon", "JetProtocol", "Journal",
                "JSONText", "ProcessSignals", "Systemd",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/jetd",
            swiftSettings: compact),
        .target(
            name: "JetAgentCommand",
            dependencies: [
                "CLinux", "ConfigurationFile", "DocumentedEvents", "HostAgent", "Jet", "JetProtocol", "Journal",
                "ProcessSignals", "Systemd",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/jet-agent",
            swiftSettings: compact),
        .target(
            name: "JetCommand",
            dependencies: [
                "Jet", "JetBench", "JetProtocol", "JetUsers", "JSONText", "ProcessSignals",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/jet",
            swiftSettings: compact),
        .target(
            name: "JetNetworkCommand",
            dependencies: [
                "DocumentedEvents", "JSONText", "Journal", "NetworkApply", "NetworkSettings", "Systemd",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/jet-network",
            swiftSettings: compact),
        .target(
            name: "JetUpdateCommand",
            dependencies: [
                "DocumentedEvents", "Journal", "SystemUpdate", "Systemd",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/jet-update",
            swiftSettings: compact),
        .executableTarget(
            name: "jetd", dependencies: ["JetdCommand"], path: "Sources/Programs/jetd", swiftSettings: house,
            linkerSettings: shipped + selfContained),
        .executableTarget(
            name: "jet-agent", dependencies: ["JetAgentCommand"], path: "Sources/Programs/jet-agent",
            swiftSettings: house, linkerSettings: shipped),
        // A module of the program's name would be the library's but for a capital.
        .executableTarget(
            name: "JetExecutable", dependencies: ["JetCommand"], path: "Sources/Programs/jet", swiftSettings: house,
            linkerSettings: shipped),
        .executableTarget(
            name: "jet-network", dependencies: ["JetNetworkCommand"], path: "Sources/Programs/jet-network",
            swiftSettings: house, linkerSettings: shipped),
        .executableTarget(
            name: "jet-update", dependencies: ["JetUpdateCommand"], path: "Sources/Programs/jet-update",
            swiftSettings: house, linkerSettings: shipped),
        .executableTarget(
            name: "jet-multicall",
            dependencies: [
                "JetdCommand", "JetAgentCommand", "JetCommand", "JetNetworkCommand", "JetUpdateCommand",
            ],
            path: "Sources/Programs/jet-multicall",
            swiftSettings: house,
            linkerSettings: shipped),

        // Examples
        .executableTarget(
            name: "ExampleLamp", dependencies: ["Jet"], path: "Sources/Examples/Lamp", swiftSettings: house),
        .executableTarget(
            name: "ExampleDim", dependencies: ["Jet"], path: "Sources/Examples/Dim", swiftSettings: house),

        // Tests
        .target(name: "TestSupport", dependencies: ["JSONText"], path: "Tests/TestSupport", swiftSettings: house),
        .testTarget(name: "JSONTextTests", dependencies: ["JSONText", "TestSupport"], swiftSettings: house),
        .testTarget(
            name: "JetProtocolTests", dependencies: ["JetProtocol", "JSONText", "TestSupport"], swiftSettings: house),
        .testTarget(
            name: "JetUsersTests", dependencies: ["JetUsers", "JetProtocol", "JSONText"],
            swiftSettings: house),
        .testTarget(
            name: "JetBusTests", dependencies: ["JetBus", "JetProtocol", "JSONText", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "JetDaemonTests",
            dependencies: [
                "JetDaemon", "JetdCommand", "jetd", "ConfigurationFile", "DocumentedEvents", "JetBus", "JetProtocol",
                "JetUsers", "JSONText", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: house),
        .testTarget(
            name: "JetTests",
            dependencies: [
                "Jet", "ExampleLamp", "ExampleDim", "JetBus", "JetDaemon", "JetProtocol", "JetUsers", "JSONText",
                "TestSupport",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: house),
        .testTarget(
            name: "JetBenchTests",
            dependencies: [
                "JetBench", "JetBus", "JetDaemon", "JetProtocol", "JSONText", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: house),
        .testTarget(
            name: "HostAgentTests",
            dependencies: [
                "HostAgent", "jet-agent", "ConfigurationFile", "CNetlink", "Jet", "JetDaemon", "JetProtocol",
                "JSONText", "Moments", "NetworkSettings", "SystemUpdate", "Systemd", "TestSupport", "Udev",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Fixtures"],
            swiftSettings: house),
        .testTarget(
            name: "JetCommandTests",
            dependencies: [
                "JetCommand", "JetExecutable", "JetBench", "jetd", "Jet", "JetProtocol", "JetUsers", "JSONText",
                "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: house),
        .testTarget(name: "ProgramTests", dependencies: ["jet-multicall", "TestSupport"], swiftSettings: house),
        // Measured by packaging/benchmark, tried by the tests; no product.
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "JetBus", "JetProtocol", "JSONText", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Benchmarks",
            exclude: ["README.md"],
            swiftSettings: house),
        .testTarget(
            name: "BenchmarkTests", dependencies: ["Benchmarks", "JetBus", "JSONText"], swiftSettings: house),
        .testTarget(
            name: "ConfigurationFileTests", dependencies: ["ConfigurationFile", "JSONText"], swiftSettings: house),
        .testTarget(
            name: "SystemdTests", dependencies: ["Systemd", "CSystemd", "TestSupport"], swiftSettings: house),
        .testTarget(
            name: "JournalTests",
            dependencies: [
                "Journal", "DocumentedEvents", "HostAgent", "JetDaemon", "Moments", "NetworkApply", "SystemUpdate",
                "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: house),
        .testTarget(name: "ProcessSignalsTests", dependencies: ["ProcessSignals"], swiftSettings: house),
        .testTarget(name: "MomentsTests", dependencies: ["Moments"], swiftSettings: house),
        .testTarget(
            name: "SystemUpdateTests", dependencies: ["SystemUpdate", "JSONText", "Moments", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "NetworkSettingsTests", dependencies: ["NetworkSettings", "NetworkApply", "JSONText"],
            swiftSettings: house),
        // Of the pages in packaging/man; the programs are asked for their options as they are built.
        .testTarget(
            name: "ManualTests",
            dependencies: ["JSONText", "JetProtocol", "NetworkApply", "SystemUpdate", "TestSupport"],
            swiftSettings: house),
        .testTarget(name: "UdevTests", dependencies: ["Udev"], swiftSettings: house),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
