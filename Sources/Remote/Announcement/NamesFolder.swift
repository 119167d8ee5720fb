internal import Files
internal import Text

/// The folder in which other programs find the names of this machine: `names`, one name or address a line, and `name`, by
/// which multicast DNS publishes the machine. Each file is replaced as a whole, and only if it changes.
struct NamesFolder: Sendable {
    let path: String

    /// Writes what changed.
    ///
    /// - Parameter published: The name of multicast DNS, if there is one.
    func write(_ facts: HostFacts, published: String?) throws(SystemCallError) {
        // In this order: who waits for changes of `names` then finds the present `name`.
        try write("name", published.map { [$0] } ?? [])
        try write("names", ([facts.name, published].compactMap(\.self)).filter(HostName.isValid) + facts.addresses)
    }

    private func write(_ name: String, _ lines: [String]) throws(SystemCallError) {
        let bytes = lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
        if let present = try? File.regularContents("\(path)/\(name)", limit: 1 << 16), present == bytes { return }
        try File.replace("\(path)/\(name)", with: bytes, mode: 0o644)
    }
}
