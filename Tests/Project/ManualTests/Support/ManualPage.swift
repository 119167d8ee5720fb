import TestSupport

import TestSupport
/// A manual page, as its source has it: mdoc(7), which marks an option as an option and a path as a path.
struct ManualPage {
    /// The file's name, such as `jet.1`.
    let name: String
    /// Its lines.
    let lines: [Substring]

    /// The page in a file of `packaging/man`.
    init(_ name: String) throws {
        self.init(name: name, lines: try Repository.text("packaging/man/\(name)").split(separator: "\n"))
    }

    private init(name: String, lines: [Substring]) {
        self.name = name
        self.lines = lines
    }

    /// The names of all pages.
    static let names = Repository.paths("packaging/man/*").compactMap { $0.split(separator: "/").last.map(String.init) }

    /// What stands under a heading, up to the next one that is as high; `nil` if there is none.
    func section(_ title: String) -> ManualPage? {
        guard let start = lines.firstIndex(where: { $0 == ".Sh \(title)" || $0 == ".Ss \(title)" }) else { return nil }
        let isSubsection = lines[start].hasPrefix(".Ss")
        let rest = lines[(start + 1)...]
        let end = rest.firstIndex { $0.hasPrefix(".Sh ") || isSubsection && $0.hasPrefix(".Ss ") } ?? rest.endIndex
        return ManualPage(name: name, lines: Array(rest[..<end]))
    }

    /// The titles of its subsections.
    var subsections: [String] { lines.filter { $0.hasPrefix(".Ss ") }.map { String($0.dropFirst(4)) } }

    /// Its text as a reader sees it, without the requests' names.
    var text: String { lines.map { Self.plain($0.hasPrefix(".") ? $0.dropFirst(4) : $0) }.joined(separator: "\n") }

    /// The entries of its lists: what each is about, and the lines on it.
    var entries: [(head: String, body: [Substring])] {
        var entries: [(head: String, body: [Substring])] = []
        for line in lines {
            if line.hasPrefix(".It ") {
                entries.append((String(line.dropFirst(4)), []))
            } else if line.hasPrefix(".El") || line.hasPrefix(".Sh") || line.hasPrefix(".Ss") {
                entries.append(("", []))
            } else if !entries.isEmpty {
                entries[entries.count - 1].body.append(line)
            }
        }
        return entries.filter { !$0.head.isEmpty }
    }

    /// The options that it describes: those with an entry in a list.
    var describedOptions: Set<String> { Set(entries.flatMap { Self.options(in: $0.head[...]) }) }

    /// The options that it names anywhere.
    var namedOptions: Set<String> { Set(lines.flatMap(Self.options)) }

    /// What it says about an option.
    func description(of option: String) -> String? {
        entries.first { Self.options(in: $0.head[...]).contains(option) }
            .map { ([$0.head[...]] + $0.body).map(Self.plain).joined(separator: "\n") }
    }

    /// The command lines in its examples and in its text that begin with one of its programs.
    func commandLines(of program: String) -> [Substring] {
        lines.compactMap { line in
            let line = Self.plain(line.hasPrefix(".Ql ") ? line.dropFirst(4) : line.drop { "$# ".contains($0) })
            guard line.hasPrefix(program + " ") else { return nil }
            return line.dropFirst(program.count + 1).prefix { !"|>".contains($0) }
        }
    }

    /// The options in a line of the source: `Fl x` is `-x`, `Fl -name` is `--name`.
    private static func options(in line: Substring) -> [String] {
        let words = line.split(separator: " ")
        return zip(words, words.dropFirst()).filter { $0.0 == "Fl" || $0.0 == ".Fl" }.map { "-\($0.1)" }
    }

    /// A text without its escapes (mandoc_char(7)).
    static func plain(_ text: Substring) -> String {
        var text = String(text)
        for (escape, character) in [
            ("\\(dq", "\""), ("\\(aq", "'"), ("\\-", "-"), ("\\&", ""), ("\\(de", "°"), ("\\e", "\\"),
        ] { text = text.split(separator: escape, omittingEmptySubsequences: false).joined(separator: character) }
        return text
    }

    /// A text without its escapes.
    static func plain(_ text: String) -> String { plain(text[...]) }
}
