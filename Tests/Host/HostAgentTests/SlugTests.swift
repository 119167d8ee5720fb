import Testing

@testable import AgentCore
@testable import Providers

/// The words of paths.
struct SlugTests {
    @Test(
        "a word is lower case, with single hyphens inside",
        arguments: [
            ("Package id 0", "package-id-0"), ("cpu_thermal", "cpu-thermal"), ("Tctl", "tctl"), ("+3.3V", "3-3v"),
            ("  a  b  ", "a-b"), ("--", ""), ("", ""), ("Wärme", "w-rme"), ("a/b#c+d", "a-b-c-d"),
        ])
    func word(text: String, word: String) { #expect(Slug.word(text) == word) }

    @Test(
        "a name stays as people know it, and what cannot stand in a path is written in hexadecimal",
        arguments: [
            ("eth0", "eth0"), ("wlp0s20f3", "wlp0s20f3"), ("br-lan.100@if2", "br-lan.100@if2"), ("a b", "a%20b"),
            ("50%", "50%25"), ("a/b", "a%2Fb"), ("\u{1}", "%01"), ("é", "%C3%A9"), ("#", "%23"),
        ])
    func name(text: String, name: String) { #expect(Slug.name(text.utf8) == name) }

    @Test("bytes that are no text are a name too")
    func bytes() { #expect(Slug.name([0xFF, 0x61, 0x00]) == "%FFa%00") }

    @Test("all that share a word get their distinction, whichever came first; the others stay as they are")
    func distinct() {
        let places = ["p0", "p1", "p2"]
        #expect(Slug.distinct(["nvme", "cpu", "nvme"]) { places[$0] } == ["nvme-p0", "cpu", "nvme-p2"])
    }

    @Test("what has no distinction is numbered")
    func numbered() {
        #expect(Slug.distinct(["zone", "zone", "other"]) { _ in nil } == ["zone-1", "zone-2", "other"])
        #expect(Slug.distinct(["a", "a", "a"]) { $0 == 2 ? "x" : "y" } == ["a-y-1", "a-y-2", "a-x"])
    }
}
