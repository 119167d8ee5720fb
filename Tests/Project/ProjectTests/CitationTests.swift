import TestSupport
import Testing

/// What sources, tests and documents cite is in the repository: the sections of jet-protocol(7), by number.
struct CitationTests {
    /// What may hold citations.
    private static let folders = ["Sources", "Tests", "packaging", "systemd", "etc", ".github"]

    private static let files =
        folders.flatMap(Repository.files(below:)) + Repository.paths("*.md") + Repository.paths("*.swift")

    /// The numbers of the sections of jet-protocol(7), in the order of the page.
    private static func sections() throws -> [String] {
        try Repository.text("packaging/man/jet-protocol.7").split(separator: "\n").compactMap { line in
            line.firstMatch(of: #/^\.S[hs] (\d[\d.]*) /#).map { String($0.1) }
        }
    }

    @Test("each section of jet-protocol(7) that is cited exists")
    func citations() throws {
        let sections = Set(try Self.sections())
        var count = 0
        for file in Self.files {
            let text = try Repository.text(file)
            guard text.contains("jet-protocol") else { continue }
            // One citation may name several sections, and may go on in the next line of a comment.
            for citation in text.matches(of: /jet-protocol(?:\(7\)| 7)(?:[\s\/*#,]|and|§[\d.]*\d)*/) {
                for section in citation.0.matches(of: /§([\d.]*\d)/) {
                    count += 1
                    #expect(sections.contains(String(section.1)), "\(file): \(citation.0)")
                }
            }
        }
        #expect(count > 60)
    }

    @Test("the sections of jet-protocol(7) are numbered without gaps")
    func numbers() throws {
        var chapter = 0
        var section = 0
        for number in try Self.sections() {
            if number.contains(".") {
                section += 1
                #expect(number == "\(chapter).\(section)")
            } else {
                chapter += 1
                section = 0
                #expect(number == "\(chapter)")
            }
        }
        #expect(chapter == 8)
    }

    @Test("documents that are not in the repository are not cited", arguments: ["PROTOCOL", "DESIGN", "FIELD"])
    func missing(name: String) throws {
        let name = name + ".md"
        for file in Self.files where !file.hasSuffix("CitationTests.swift") {
            #expect(try !Repository.text(file).contains(name), "\(file) cites \(name)")
        }
    }
}
