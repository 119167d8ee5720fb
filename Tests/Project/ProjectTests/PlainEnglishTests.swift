import TestSupport
import Testing

/// What people read is in the words of the field: sources with their messages and comments, manual pages, the catalog of
/// the journal, shipped configuration files, the README and the descriptions of units.
@Suite("Plain English")
struct PlainEnglishTests {
    /// Phrases that a stranger does not understand, or has to read twice. A space stands for any white space, the start of
    /// a comment's next line included.
    private static let phrases = [
        // Messages of the past
        "the service manager could not be told", "is not taken back", "taken back yet", "can unsay", "is of no pending",
        "password is none", "tells of", "tell of devices", "nobody tells", "does not go round",
        // Words
        "nobody", "anew", "so many", "so long", "whoever", "are told", "is told", "is due", "take up", "takes up",
        "taken up", "taken back", "besides that", "the kernel's word", "a culprit", "comes of it", "takes its leave",
    ].map { $0.split(separator: " ").map(String.init) }

    private static let phrasesByFirstWord = Dictionary(grouping: phrases) { $0.first ?? "" }

    /// What is read, by area: the patterns of its files.
    private static let areas: [String] = [
        "Sources/Base", "Sources/Wire", "Sources/Engine", "Sources/Daemon", "Sources/Peer", "Sources/Linux",
        "Sources/Host", "Sources/Remote", "Sources/Tools", "Sources/Programs", "Sources/Examples", "Sources/Web",
        "Sources/README.md",
        "README.md",
        "packaging/man", "packaging/catalog", "etc", "systemd",
    ]

    @Test("no text has a phrase that only its author understands", arguments: areas)
    func phrases(area: String) throws {
        for file in Self.files(of: area) {
            for (phrase, line) in Self.found(in: try Repository.text(file), file) {
                Issue.record("\(file):\(line): \"\(phrase)\"")
            }
        }
    }

    @Test("a phrase is found in comments and strings, across lines, and with the number of its line")
    func finding() {
        let text = """
            /// The daemon is
            /// told. It is a ``nobody``; renewed, anewed.
            let a = "It takes \\
                up \\(so) many. The user \\"nobody\\" may."
            # An empty password is none. If there is none, fine.
            """
        let found = Self.found(in: text, "a.swift").map { "\($0.line) \($0.phrase)" }
        #expect(found == ["1 is told", "2 nobody", "3 takes up", "5 password is none"])
    }

    /// The files of an area.
    private static func files(of area: String) -> [String] {
        let kinds = [
            "swift", "c", "h", "cpp", "md", "toml", "catalog", "service", "socket", "timer", "1", "5", "7", "8", "js",
            "mjs",
            "ts", "css", "html",
        ]
        if area.hasSuffix(".md") { return Repository.paths(area) }
        return ["", "/*", "/*/*", "/*/*/*", "/*/*/*/*"].flatMap { folder in
            kinds.flatMap { Repository.paths("\(area)\(folder)/*.\($0)") }
        }
    }

    /// The phrases in a text, with the line that each begins on.
    private static func found(in text: String, _ file: String) -> [(phrase: String, line: Int)] {
        let words = words(of: text, isUnit: file.hasPrefix("systemd/"))
        return words.indices.flatMap { start in
            // Most words begin no phrase.
            (phrasesByFirstWord[words[start].text] ?? []).filter { phrase in
                words[start...].prefix(phrase.count).elementsEqual(phrase) { $0.text == $1 }
            }.map { ($0.joined(separator: " "), words[start].line) }
        }.filter { !isUser(nobody: $0.0, at: $0.1, in: text) }
    }

    /// A word in lower case, or a character of punctuation.
    private struct Word {
        let text: String
        let line: Int
    }

    /// The words of a text without what only marks a comment, a literal or an emphasis.
    private static func words(of text: String, isUnit: Bool) -> [Word] {
        var words: [Word] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if isUnit, !line.hasPrefix("Description=") { continue }
            let content = line.drop { $0 == " " }
            let marker = ["///", "//", ".\\\"", "#", "-"].first { content.hasPrefix($0) } ?? ""
            var word = ""
            func end() {
                if !word.isEmpty { words.append(Word(text: word, line: index + 1)) }
                word = ""
            }
            for character in content.dropFirst(marker.count) {
                switch character {
                case _ where character.isLetter || character.isNumber || "'_".contains(character):
                    word += character.lowercased()
                case " ", "\\", "`", "*", "\"": end()
                default:
                    end()
                    words.append(Word(text: String(character), line: index + 1))
                }
            }
            end()
        }
        return words
    }

    /// Whether "nobody" is the name of the system's user.
    private static func isUser(nobody phrase: String, at line: Int, in text: String) -> Bool {
        guard phrase == "nobody" else { return false }
        let line = text.split(separator: "\n", omittingEmptySubsequences: false)[line - 1]
        return line.contains("\"nobody\"") || line.contains("\\\"nobody\\\"") || line.contains("user nobody")
            || line.contains("nobody:")
    }
}
