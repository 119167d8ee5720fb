import DocumentedEvents
import Glibc
import AgentCore
import Announcement
import JetCertificateCommand
import JetDaemon
import Logging
import NetworkApply
import SystemUpdate
import TLSGateway
import TestSupport
import Testing

@testable import Journal

/// The catalog of the journal and the events in the sources hold together.
@Suite("The catalog", .timeLimit(.minutes(2)))
struct CatalogTests {
    /// An entry of the catalog: its lines of the form `Name: text`, and the text below them.
    private struct Entry {
        let id: String
        var header: [String: String] = [:]
        var text = ""
    }

    private static let path = "packaging/catalog/jet.catalog"

    private static func ids<Event: DocumentedEvent>(_: Event.Type) -> [String] { Event.allCases.map(\.rawValue) }

    /// The ids of all events of all programs.
    private static let ids =
        ids(DaemonEvent.self) + ids(AgentEvent.self) + ids(NetworkEvent.self) + ids(UpdateEvent.self)
        + ids(GatewayEvent.self) + ids(CertificateEvent.self) + ids(AnnouncementEvent.self) + ids(SpoolEvent.self)

    private static func entries() throws -> [Entry] {
        var entries: [Entry] = []
        var isHeader = false
        for line in try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("-- ") {
                entries.append(Entry(id: String(line.dropFirst(3))))
                isHeader = true
            } else if line.hasPrefix("#") || entries.isEmpty {
                continue
            } else if line.isEmpty, isHeader {
                isHeader = false
            } else if isHeader {
                let parts = line.split(separator: ":", maxSplits: 1)
                entries[entries.count - 1].header[String(parts[0])] = parts.dropFirst().first.map {
                    String($0.drop { $0 == " " })
                }
            } else {
                entries[entries.count - 1].text += line + "\n"
            }
        }
        return entries
    }

    @Test func `Ids are 32 hexadecimal digits, and no two events have the same`() {
        #expect(Set(Self.ids).count == Self.ids.count)
        for id in Self.ids {
            #expect(id.utf8.count == 32 && id.allSatisfy { "0123456789abcdef".contains($0) }, "\(id)")
        }
    }

    @Test func `Every event has an entry, and every entry an event`() throws {
        let entries = try Self.entries()
        #expect(Set(entries.map(\.id)) == Set(Self.ids))
        #expect(entries.count == Self.ids.count)
    }

    @Test func `Every entry says what, by whom, where to read more, and what to do`() throws {
        for entry in try Self.entries() {
            #expect(entry.header["Subject"]?.isEmpty == false, "\(entry.id)")
            #expect(entry.header["Defined-By"] == "Jet", "\(entry.id)")
            let manual = try #require(entry.header["Support"])
            let pages = ["jetd(8)", "jet-agent(8)", "jet-tls(8)", "jet-certificate(8)", "jet-announce(8)"]
            #expect(pages.contains(manual), "\(entry.id)")
            #expect(entry.header["Documentation"] == "man:" + manual, "\(entry.id)")
            #expect(entry.text.utf8.count > 20, "\(entry.id)")
        }
    }

    /// journalctl puts the name of a field into the text if the entry does not have it.
    @Test func `What a text refers to are fields of ours, and none that not every peer has`() throws {
        for entry in try Self.entries() {
            let words = entry.text.split(separator: "@", omittingEmptySubsequences: false)
            for (index, word) in words.enumerated() where index % 2 == 1 {
                #expect(word.hasPrefix("JET_") && LogEntry.fieldName(String(word.dropFirst(4))) == word, "\(word)")
                #expect(!["JET_NAME", "JET_UID"].contains(word), "\(entry.id)")
            }
        }
    }

    @Test(.enabled(if: access("/usr/bin/journalctl", X_OK) == 0))
    func `journalctl takes it`() async throws {
        var template = Array("/tmp/jet-catalog-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let root = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let script = """
            trap 'rm -rf "$1"' EXIT
            mkdir -p "$1/usr/lib/systemd/catalog" "$1/var/lib/systemd/catalog" &&
            cp "$2" "$1/usr/lib/systemd/catalog/" &&
            journalctl --root="$1" --update-catalog && journalctl --root="$1" --list-catalog
            """
        let journalctl = try ChildProcess("/bin/sh", ["-c", script, "sh", root, Self.path])
        #expect(try await journalctl.end() == 0)
        #expect(journalctl.text(.error) == "")
        let listed = journalctl.text().split(separator: "\n").map { String($0.prefix(32)) }
        #expect(Set(listed) == Set(Self.ids))
    }
}
