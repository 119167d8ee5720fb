import TestSupport
import Testing

/// The order of the layers: who may import whom. `Sources/README.md` explains it; this is the rule that holds.
@Suite("Layers", .timeLimit(.minutes(2)))
struct LayerTests {
    /// What the targets of a layer may depend on, beside each other.
    private struct Rule {
        /// Whole layers.
        var layers: Set<String> = []
        /// Single targets of other layers.
        var targets: Set<String> = []
        /// Products of other packages.
        var products: Set<String> = []
    }

    /// The layers, from the ground up. What is not listed is forbidden: for example, the engine knows neither Linux nor
    /// a library, peers do not know Linux, and the agent does not know the daemon.
    private static let rules: [String: Rule] = [
        "Base": Rule(),
        "Wire": Rule(layers: ["Base"]),
        "Linux": Rule(layers: ["Base"], products: ["Logging"]),
        "Engine": Rule(layers: ["Base", "Wire"]),
        "Peer": Rule(
            layers: ["Base", "Wire"],
            products: ["Logging", "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS"]),
        "Daemon": Rule(
            layers: ["Base", "Wire", "Linux", "Engine"],
            products: ["ArgumentParser", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix"]),
        "Host": Rule(layers: ["Base", "Wire", "Linux", "Peer"], products: ["ArgumentParser", "Logging"]),
        "Remote": Rule(
            layers: ["Base", "Wire", "Linux"],
            products: ["ArgumentParser", "Logging", "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS"]),
        // `jet passwd` edits the daemon's file of users, `jet tls` the certificate, `jet discover` looks for devices.
        "Tools": Rule(
            layers: ["Base", "Wire", "Linux", "Peer"], targets: ["JetUsers", "DeviceCertificate", "Announcement"],
            products: ["ArgumentParser"]),
        "Programs": Rule(layers: ["Daemon", "Host", "Remote", "Tools"]),
        "Examples": Rule(layers: ["Peer"]),
    ]

    /// The targets of the layers: all but tests, what supports them, and benchmarks.
    private static func shipped(_ manifest: Manifest) -> [Manifest.Target] {
        manifest.targets.filter { !$0.path.hasPrefix("Tests/") }
    }

    @Test func `Every target is a folder of a layer, and every folder of a layer is a target`() async throws {
        let manifest = try await Manifest.read()
        for target in manifest.targets where target.type == "test" {
            #expect(target.path.hasPrefix("Tests/") && target.path.hasSuffix("/\(target.name)"), "\(target.path)")
        }
        for target in Self.shipped(manifest) {
            let layer = try #require(target.layer, "\(target.path) is not Sources/<layer>/<folder>")
            #expect(Self.rules[layer] != nil, "\(layer) is no layer")
            if layer != "Programs", layer != "Examples" { #expect(target.path.hasSuffix("/\(target.name)")) }
        }
        // The web page and its library are plain files.
        let folders = Repository.paths("Sources/*/*/").filter { !$0.hasPrefix("Sources/Web/") }
        #expect(
            Set(folders.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 })
                == Set(Self.shipped(manifest).map(\.path)))
    }

    @Test func `Targets depend only on what their layer may know`() async throws {
        let manifest = try await Manifest.read()
        for target in Self.shipped(manifest) {
            let layer = try #require(target.layer)
            let rule = try #require(Self.rules[layer])
            for name in target.targets {
                let other = try #require(manifest[name]?.layer, "\(target.name) depends on \(name)")
                #expect(
                    other == layer || rule.layers.contains(other) || rule.targets.contains(name),
                    "\(target.name) (\(layer)) must not depend on \(name) (\(other))")
            }
            for product in target.products {
                #expect(rule.products.contains(product), "\(target.name) (\(layer)) must not depend on \(product)")
            }
        }
    }

    @Test func `Sources import only what their target declares, and no source imports Foundation`() async throws {
        let manifest = try await Manifest.read()
        let modules = Set(manifest.targets.map(\.name) + manifest.targets.flatMap(\.products))
        for target in Self.shipped(manifest) {
            for (module, source) in try target.imports() {
                // It would add 45 MB of internationalisation; FoundationEssentials is allowed.
                #expect(module != "Foundation", "\(source)")
                guard modules.contains(module) else { continue }
                #expect(
                    (target.targets + target.products).contains(module),
                    "\(source) imports \(module), which \(target.name) does not declare")
            }
        }
    }

    @Test func `Engine and wire do no input and output, and have no clock`() async throws {
        let manifest = try await Manifest.read()
        let forbidden: Set = [
            "fopen", "fdopen", "openat", "socket", "recv", "recvmsg", "sendto", "sendmsg", "poll", "ppoll",
            "epoll_create1", "epoll_wait", "eventfd", "getenv", "rename", "unlink", "mkdir", "clock_gettime",
            "pthread_create", "ContinuousClock", "SuspendingClock",
        ]
        for target in Self.shipped(manifest) where target.layer == "Engine" || target.layer == "Wire" {
            let imports = try target.imports()
            let others = Set(imports.keys).subtracting(target.targets).subtracting([target.name])
            #expect(others.isSubset(of: ["Glibc", "Musl", "Synchronization"]), "\(target.name): \(others)")
            for source in target.sources {
                let calls = try Manifest.Target.calls(in: source).intersection(forbidden)
                #expect(calls.isEmpty, "\(source)")
            }
        }
    }

    @Test func `What the library Jet is made of can be depended on by version`() async throws {
        let manifest = try await Manifest.read()
        let parts = manifest.closure(of: "Jet")
        #expect(parts.count > 1)
        for part in parts {
            #expect(!part.hasUnsafeFlags, "\(part.name) has unsafe flags: SwiftPM would refuse every dependant")
            #expect(part.type != "system", "\(part.name) would make every dependant need a Debian package")
        }
    }

    @Test func `No source file is longer than 400 lines`() throws {
        for depth in 2...6 {
            for source in Repository.paths("Sources" + String(repeating: "/*", count: depth) + ".swift") {
                let lines =
                    try Repository.text(source).split(separator: "\n", omittingEmptySubsequences: false).count - 1
                #expect(lines <= 400, "\(source) has \(lines) lines")
            }
        }
    }
}
