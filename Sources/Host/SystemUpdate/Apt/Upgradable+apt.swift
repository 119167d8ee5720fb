internal import Handover

extension Upgradable {
    /// Reads a line of `apt-get --simulate`, in which apt says what it would do; `nil` if it would not install anything.
    ///
    ///     Inst bash [5.2-2] (5.2-2+deb12u1 Debian:12.5/stable, Debian-Security:12/stable-security [amd64]) [dash:amd64 ]
    ///
    /// In the parentheses: the version, the archives that have it (`origin:version/suite`), the architecture. Debian's
    /// and Ubuntu's archives of security updates have suites that end with "-security".
    init?(simulated line: String) {
        guard line.hasPrefix("Inst ") else { return nil }
        var words = line.dropFirst("Inst ".count).split(separator: " ")[...]
        guard let name = words.popFirst(), !name.isEmpty else { return nil }
        var from: Substring?
        if let word = words.first, word.hasPrefix("["), word.hasSuffix("]") {
            from = word.dropFirst().dropLast()
            words.removeFirst()
        }
        guard let version = words.popFirst(), version.hasPrefix("("), version.count > 1 else { return nil }
        let archives = words.prefix { !$0.hasPrefix("[") }
        self.init(
            name: String(name), from: from.map(String.init), to: String(version.dropFirst().prefix { $0 != ")" }),
            security: archives.contains { $0.lowercased().contains("-security") })
    }
}
