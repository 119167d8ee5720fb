import Logging
import Testing

@testable import Journal

@Suite("An entry's fields in the journal")
struct JournalFieldTests {
    private struct Failure: Error, CustomStringConvertible { let description: String }

    private func entry(
        _ message: Logger.Message = "hello", level: Logger.Level = .info, error: (any Error)? = nil,
        _ metadata: Logger.Metadata = [:]
    ) -> LogEntry {
        LogEntry(
            Logging.LogEvent(
                level: level, message: message, error: error, metadata: metadata, source: nil,
                file: "JetDaemon/Hub.swift",
                function: "listen(on:file:)", line: 60))
    }

    /// The fields as journald reads them; a field that comes twice has two values.
    private func fields(_ entry: LogEntry) -> [String: [String]] {
        var fields: [String: [String]] = [:]
        for text in entry.journalRecord(identifier: "jetd").texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[String(parts[0]), default: []].append(String(parts[1]))
        }
        return fields
    }

    @Test func `An entry says what, how grave, who, and where in the program`() {
        #expect(
            fields(entry("listening", level: .notice)) == [
                "MESSAGE": ["listening"], "PRIORITY": ["5"], "SYSLOG_IDENTIFIER": ["jetd"],
                "CODE_FILE": ["JetDaemon/Hub.swift"], "CODE_LINE": ["60"], "CODE_FUNC": ["listen(on:file:)"],
            ])
    }

    @Test(arguments: zip(Logger.Level.allCases, [7, 7, 6, 5, 4, 3, 2]))
    func `Each level has its priority of syslog`(level: Logger.Level, priority: Int) {
        #expect(fields(entry(level: level))["PRIORITY"] == ["\(priority)"])
    }

    @Test func `Metadata are fields, and stand behind the message`() {
        let fields = fields(entry("wrong password", ["peer": "3", "user": "ann lee", "uid": "\(1000)"]))
        #expect(fields["MESSAGE"] == [#"wrong password peer=3 uid=1000 user="ann lee""#])
        #expect(fields["JET_PEER"] == ["3"])
        #expect(fields["JET_USER"] == ["ann lee"])
        #expect(fields["JET_UID"] == ["1000"])
    }

    @Test(arguments: [
        ("path", "JET_PATH"), ("requestId", "JET_REQUESTID"), ("request-id", "JET_REQUEST_ID"), ("2nd", "JET_2ND"),
        ("_private", "JET__PRIVATE"), ("größe", "JET_GR__E"), ("jet.path", "JET_PATH"), ("a=b\nc", "JET_A_B_C"),
        ("", "JET_"),
    ])
    func `A key becomes a name that journald takes`(key: String, name: String) {
        #expect(LogEntry.fieldName(key) == name)
    }

    @Test func `A name has no more than 64 characters`() {
        #expect(LogEntry.fieldName(String(repeating: "x", count: 100)).utf8.count == 64)
    }

    @Test func `Nested metadata have names of their own, and lists are text`() {
        let fields = fields(entry("hello", ["peer": ["name": "lamp", "at": ["port": "7"]], "groups": ["a", "b"]]))
        #expect(fields["JET_PEER_NAME"] == ["lamp"])
        #expect(fields["JET_PEER_AT_PORT"] == ["7"])
        #expect(fields["JET_GROUPS"] == [#"["a", "b"]"#])
    }

    @Test func `Two keys that become the same name are two values of one field`() {
        #expect(fields(entry("hello", ["peer.id": "1", "peer-id": "2"]))["JET_PEER_ID"] == ["2", "1"])
    }

    @Test func `An error is a field`() {
        #expect(fields(entry(error: Failure(description: "no room")))["JET_ERROR"] == ["no room"])
    }

    @Test func `The id of an event is the journal's own field, and no text`() {
        let id = "fc2e22bc6ee647b6b90729ab34a250b1"
        let fields = fields(entry("hello", ["MESSAGE_ID": "\(id)"]))
        #expect(fields["MESSAGE_ID"] == [id])
        #expect(fields["MESSAGE"] == ["hello"])
        #expect(fields.keys.contains { $0.hasPrefix("JET_") } == false)
    }

    @Test func `What is no id is left out`() {
        #expect(fields(entry("hello", ["MESSAGE_ID": "fc2e22bc-6ee6-47b6-b907-29ab34a250b1"]))["MESSAGE_ID"] == nil)
    }

    @Test func `A field has a value as it is; the message has it on one line`() {
        let value = "one\ntwo\u{0}three\u{1B}[2J"
        let fields = fields(entry("hello", ["path": "\(value)"]))
        #expect(fields["JET_PATH"] == [value])
        #expect(fields["MESSAGE"] == [#"hello path="one\ntwo\u{0}three\u{1b}[2J""#])
    }

    @Test func `A long value is cut, and says so`() throws {
        let value = String(repeating: "ü", count: 40_000)
        let field = try #require(fields(entry("hello", ["value": "\(value)"]))["JET_VALUE"]?.first)
        #expect(field.utf8.count < 50_000)
        #expect(field.hasSuffix("ü... (30848 bytes more)"))
    }

    @Test func `However much metadata there is, the entry is not too large for the journal`() {
        let long = String(repeating: "x", count: 100_000)
        var metadata: Logger.Metadata = [:]
        for number in 0..<100 { metadata["key\(number)"] = "\(long)" }
        let record = entry("hello", metadata).journalRecord(identifier: "jetd")
        #expect(record.bytes.count < 512 << 10)
    }
}

extension LogRecord {
    /// Its fields as texts.
    var texts: [String] {
        var start = 0
        return ends.map { end in
            defer { start = end }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
    }
}
