internal import Files
public import JSONText

/// Whether the machine waits for a restart: Debian's packages say so with a file, `/run/reboot-required`, and name
/// themselves in another beside it. Both go with the restart, since `/run` does.
public struct RebootRequired: Hashable, Sendable {
    /// Whether a package wants a restart.
    public let isRequired: Bool
    /// The packages that do, each once, as far as they said.
    public let packages: [String]

    /// What is so now.
    public init(_ files: UpdateFiles) {
        isRequired = File.exists(files.rebootRequired)
        var seen: Set<Substring> = []
        let bytes = isRequired ? (try? File.regularContents(files.rebootPackages, limit: 1 << 20)) ?? [] : []
        packages = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).filter {
            seen.insert($0).inserted
        }.map(String.init)
    }

    /// `{required, packages}`
    public var json: JSON { ["required": .boolean(isRequired), "packages": .array(packages.map { .string($0) })] }
}
