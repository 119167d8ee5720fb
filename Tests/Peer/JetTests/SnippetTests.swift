import Jet
import Testing

/// The programs in Swift that the fetch builder of Radar shows. That they compile is the test; a test of the page compares
/// them with what it shows.
@Suite("Snippets")
struct SnippetTests {
    private func plain() async throws {
        let peer = try await Peer.connectLocally()
        let text = #"""
            {
                "path": {
                    "startsWith": "made up/",
                    "equalsNot": "made up/'\"$(x)`\\"
                },
                "valueField": {
                    "a[0].b": {
                        "greaterThan": 3
                    }
                }
            }
            """#
        let rule = try FetchRule(parsing: JSON(parsing: text))
        for try await event in try await peer.fetch(rule) {
            print(event.kind, event.path, event.value ?? .null)
        }
    }

    private func sorted() async throws {
        let peer = try await Peer.connectLocally()
        let text = #"""
            {
                "path": {
                    "startsWith": "n/"
                },
                "sort": {
                    "byValue": "number",
                    "to": 2,
                    "descending": true
                }
            }
            """#
        let rule = try FetchRule(parsing: JSON(parsing: text))
        for try await entries in try await peer.window(rule) {
            print(entries.map { "\($0.index) \($0.path) \($0.value ?? .null)" }.joined(separator: "\n"))
        }
    }

    @Test("the programs that the page shows compile")
    func compile() {
        let programs = [plain, sorted]
        #expect(programs.count == 2)
    }
}
