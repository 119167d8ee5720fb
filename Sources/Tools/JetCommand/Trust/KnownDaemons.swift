import Digests

/// The file of known daemons, `known_daemons`: whose key is expected at which address. One line for each,
///
///     shed.local:11124 SHA256:Ib5H0xPnKuAzyOWHQ0mJcOcuUV/SdYkzcBnZKXNRVrE paired # shed
///
/// where `paired` says that the user's key is known there. Lines that are not understood are ignored, and kept.
struct KnownDaemons: Sendable {
    /// Its name in the user's folder.
    static let fileName = "known_daemons"

    /// One line.
    struct Entry: Hashable, Sendable {
        /// Where the daemon is.
        var address: DaemonAddress
        /// The key that is expected there.
        var fingerprint: Fingerprint
        /// Whether the user has paired with it.
        var isPaired: Bool
        /// A remark for people.
        var title: String
        /// The number of the line, from 1.
        var line: Int
    }

    /// The lines, as they are in the file.
    private var lines: [[UInt8]]
    /// What was understood of them.
    private(set) var entries: [Entry]

    /// The known daemons of a file's contents.
    init(_ contents: [UInt8]) {
        lines = contents.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        entries = Self.entries(lines)
    }

    /// The known daemons of a user.
    ///
    /// - Throws: `Failure` if the file cannot be read.
    init(in folder: UserFolder) throws(Failure) { self.init(try folder.contents(Self.fileName) ?? []) }

    /// The contents of the file.
    var contents: [UInt8] { lines.flatMap { $0 + [UInt8(ascii: "\n")] } }

    private static func entries(_ lines: [[UInt8]]) -> [Entry] {
        lines.enumerated().compactMap { index, line in entry(String(decoding: line, as: UTF8.self), line: index + 1) }
    }

    private static func entry(_ text: String, line: Int) -> Entry? {
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = parts.first else { return nil }
        let words = head.split { $0 == " " || $0 == "\t" || $0.isNewline }
        guard words.count >= 2, let address = DaemonAddress(parsing: String(words[0])),
            let fingerprint = Fingerprint(parsing: words[1])
        else { return nil }
        let title = parts.count > 1 ? parts[1].split { $0 == " " || $0.isNewline }.joined(separator: " ") : ""
        return Entry(
            address: address, fingerprint: fingerprint, isPaired: words[2...].contains("paired"), title: title,
            line: line)
    }

    // MARK: Looking

    /// The entries of an address.
    func entries(of address: DaemonAddress) -> [Entry] { entries.filter { $0.address == address } }

    /// The entries with a key.
    func entries(with fingerprint: Fingerprint) -> [Entry] { entries.filter { $0.fingerprint == fingerprint } }

    /// Whether the user has paired with the daemon of one of these keys.
    func isPaired(withAnyOf fingerprints: [Fingerprint]) -> Bool {
        entries.contains { $0.isPaired && fingerprints.contains($0.fingerprint) }
    }

    // MARK: Changing

    /// Notes the key of an address, in place of others that were noted for it.
    mutating func note(_ fingerprint: Fingerprint, at address: DaemonAddress, isPaired: Bool, title: String) {
        let wasPaired = entries(of: address).contains { $0.fingerprint == fingerprint && $0.isPaired }
        forget(address)
        let remark = title.unicodeScalars.filter { $0.properties.generalCategory != .control && $0 != "#" }
        let text =
            "\(address) \(fingerprint)" + (isPaired || wasPaired ? " paired" : "")
            + (remark.isEmpty ? "" : " # \(String(String.UnicodeScalarView(remark)))")
        lines.append(Array(text.utf8))
        entries = Self.entries(lines)
    }

    /// Removes all lines of an address.
    ///
    /// - Returns: Those that were there.
    @discardableResult
    mutating func forget(_ address: DaemonAddress) -> [Entry] {
        let forgotten = entries(of: address)
        let numbers = Set(forgotten.map(\.line))
        lines = lines.enumerated().filter { !numbers.contains($0.offset + 1) }.map(\.element)
        entries = Self.entries(lines)
        return forgotten
    }
}

extension KnownDaemons {
    /// Changes the file of a user.
    static func update<Result>(
        in folder: UserFolder, _ change: (inout KnownDaemons) throws -> Result
    ) throws -> Result {
        var result: Result?
        try folder.update(fileName) { contents in
            var known = KnownDaemons(contents ?? [])
            result = try change(&known)
            return known.contents == contents ?? [] ? nil : known.contents
        }
        guard let result else { throw CancellationError() }
        return result
    }
}
