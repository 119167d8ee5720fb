import Glibc
import JSONText
import TestSupport
import Testing

/// What `Package.swift` declares, as `swift package dump-package` prints it.
struct Manifest {
    /// A target of the package.
    struct Target {
        /// Its name, which is its module's.
        let name: String
        /// `regular`, `executable`, `system` or `test`.
        let type: String
        /// Its folder, relative to the package.
        let path: String
        /// The targets of this package that it depends on.
        let targets: [String]
        /// The products of other packages that it depends on. Each is named as its module.
        let products: [String]
        /// Whether it has `unsafeFlags`, which SwiftPM refuses in a package that is depended on by version.
        let hasUnsafeFlags: Bool
    }

    /// All targets.
    let targets: [Target]

    /// The manifest of this package.
    static func read() async throws -> Manifest { try await dumped.value }

    /// SwiftPM is asked once.
    private static let dumped = Task { try await dump() }

    /// Asks SwiftPM. It uses a scratch folder of its own, so that it does not wait for the build that runs the tests.
    private static func dump() async throws -> Manifest {
        let scratch = "\(Repository.root)/.build/manifest"
        let dump = try ChildProcess(
            "/usr/bin/env",
            ["swift", "package", "--package-path", Repository.root, "--scratch-path", scratch, "dump-package"],
            environment: variables(["HOME", "PATH", "LD_LIBRARY_PATH"]))
        let status = try await dump.end()
        try #require(status == 0, "\(dump.text(.error))")
        return Manifest(targets: try JSON(parsing: dump.text())["targets"]?.array?.map(Target.init) ?? [])
    }

    private static func variables(_ names: [String]) -> [String: String] {
        names.reduce(into: [:]) { result, name in result[name] = getenv(name).map { String(cString: $0) } }
    }

    /// The target of this name.
    subscript(name: String) -> Target? { targets.first { $0.name == name } }

    /// A target with everything that it depends on in this package, directly or not.
    func closure(of name: String) -> [Target] {
        var names = [name]
        var next = 0
        while next < names.count {
            names += (self[names[next]]?.targets ?? []).filter { !names.contains($0) }
            next += 1
        }
        return names.compactMap { self[$0] }
    }
}

extension Manifest.Target {
    fileprivate init(_ json: JSON) {
        name = json["name"]?.string ?? ""
        type = json["type"]?.string ?? ""
        path = json["path"]?.string ?? ""
        let dependencies = json["dependencies"]?.array ?? []
        targets = dependencies.compactMap { ($0["byName"] ?? $0["target"])?.array?.first?.string }
        products = dependencies.compactMap { $0["product"]?.array?.first?.string }
        hasUnsafeFlags = (json["settings"]?.array ?? []).contains { $0["kind"]?["unsafeFlags"] != nil }
    }

    /// The layer, if it lies where targets of layers lie: `Sources/<layer>/<folder>`.
    var layer: String? {
        let folders = path.split(separator: "/")
        return folders.count == 3 && folders[0] == "Sources" ? String(folders[1]) : nil
    }

    /// Its Swift sources, relative to the package.
    var sources: [String] {
        ["", "/*", "/*/*", "/*/*/*", "/*/*/*/*"].flatMap { Repository.paths(path + $0 + "/*.swift") }
    }

    /// The modules that its sources import, each with a source that does. Lines are read one by one, since a regular
    /// expression over all sources would keep a processor busy for seconds.
    func imports() throws -> [String: String] {
        var found: [String: String] = [:]
        for source in sources {
            for line in try Repository.text(source).utf8.split(separator: UInt8(ascii: "\n")) where line.count < 120 {
                let words = line.split(separator: UInt8(ascii: " ")).map { String($0) ?? "" }
                guard let index = words.firstIndex(of: "import"), !words[0].hasPrefix("//"), index + 1 < words.count
                else { continue }
                let kinds = ["class", "struct", "enum", "protocol", "func", "var", "let", "typealias"]
                guard let name = words[(index + 1)...].first(where: { !kinds.contains($0) }) else { continue }
                found[String(name.prefix { $0 != "." })] = source
            }
        }
        return found
    }

    /// The names that are called as global functions in a source: not those behind a dot.
    static func calls(in source: String) throws -> Set<String> {
        var found: Set<String> = []
        var name: [UInt8] = []
        var isMember = false
        for byte in try Repository.text(source).utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                name.append(byte)
            default:
                if byte == UInt8(ascii: "("), !name.isEmpty, !isMember {
                    found.insert(String(decoding: name, as: UTF8.self))
                }
                name = []
                isMember = byte == UInt8(ascii: ".")
            }
        }
        return found
    }
}
