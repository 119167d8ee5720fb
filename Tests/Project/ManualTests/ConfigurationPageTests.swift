import TestSupport
import Testing

/// agent.toml(5), jetd.toml(5) and tls.toml(5) against the files that ship, which have every key with its default.
struct ConfigurationPageTests {
    /// A key in a file or on a page.
    private struct Key: Hashable, CustomStringConvertible {
        let section: String
        let name: String
        /// As it is written in the file; `nil` if there is none.
        let value: String?

        var description: String { "[\(section)] \(name) = \(value ?? "unset")" }
    }

    @Test(
        "each key stands on the page under its section with its default, and no others",
        arguments: ["agent", "jetd", "tls"])
    func keys(file: String) throws {
        let text = try Repository.text("etc/\(file).toml")
        let page = try ManualPage("\(file).toml.5")
        let shipped = Set(Self.keys(in: text))
        let described = Set(try Self.keys(on: page))
        #expect(!shipped.isEmpty)
        #expect(shipped.subtracting(described).map(\.description).sorted() == [])
        // What has no default stands in the file as an example.
        for key in described.subtracting(shipped) {
            #expect(key.value == nil && text.contains("\n# \(key.name) = "), "\(key)")
        }
    }

    @Test("what stands in a section under names of one's own, the page has too", arguments: ["agent", "jetd", "tls"])
    func names(file: String) throws {
        let page = try ManualPage("\(file).toml.5")
        for line in try Repository.text("etc/\(file).toml").split(separator: "\n") {
            guard let match = line.wholeMatch(of: /#?(".+" = .+)/) else { continue }
            #expect(page.text.contains(match.1), "\(line)")
        }
    }

    /// The keys of a file. One that is commented out begins with `#key`, a remark with `# `.
    private static func keys(in text: String) -> [Key] {
        var section = ""
        return text.split(separator: "\n").compactMap { line in
            if let heading = line.wholeMatch(of: /\[(.+)\]/) { section = String(heading.1) }
            guard let match = line.wholeMatch(of: /#?([a-z][a-z-]*) = (.+?)(?: +# .*)?/) else { return nil }
            return Key(section: section, name: String(match.1), value: String(match.2))
        }
    }

    /// The keys of a page: `.It Li KEY Pq TYPE , Li DEFAULT`; `, No unset`; or `, No as follows`, before a block.
    private static func keys(on page: ManualPage) throws -> [Key] {
        var keys: [Key] = []
        for title in ["GENERAL"] + page.subsections {
            let section = title == "GENERAL" ? "" : String(title.dropFirst().dropLast())
            for entry in page.section(title)?.entries ?? [] {
                guard let match = entry.head.wholeMatch(of: /Li ([a-z-]+) Pq .+ , (Li|No) (.+)/) else {
                    throw Misshapen(entry: entry.head)
                }
                let value: String?
                switch (match.2, match.3) {
                case ("Li", let text): value = ManualPage.plain(text)
                case ("No", "unset"): value = nil
                default:
                    let block = entry.body.drop { !$0.hasPrefix(".Bd") }.dropFirst().prefix { $0 != ".Ed" }
                    value = ManualPage.plain(block.map { $0.drop { $0 == " " } }.joined(separator: " "))
                }
                keys.append(Key(section: section, name: String(match.1), value: value))
            }
        }
        return keys
    }

    /// An entry that is no key.
    private struct Misshapen: Error { let entry: String }
}
