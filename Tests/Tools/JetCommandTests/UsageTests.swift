import JSONText
import Jet
import JetProtocol
import Testing

@testable import JetCommand

/// Who uses what, in `jet top`.
@Suite("Accounts and peers")
struct UsageTests {
    private let names = SystemNames(
        user: { $0 == 1000 ? "peter" : nil }, command: { $0 == 123 ? "lampd" : nil })

    /// Two accounts with three peers, after so many messages of the peer 3.
    private func report(messages: Int, work: Int, others: [JSON] = []) -> DaemonPeers {
        DaemonPeers([
            "accounts": [
                [
                    "account": "uid 1000", "connections": 2, "elements": 3, "bytes": 20_480, "fetches": 1,
                    "messages": .number(messages), "work": .number(work),
                ],
                ["account": "192.0.2.7", "connections": 1, "elements": 900, "unread": 5_000_000, "refused": 3],
            ],
            "peers": .array(
                [
                    [
                        "peer": 3, "name": "lamp", "user": "admin", "uid": 1000, "pid": 123, "account": "uid 1000",
                        "messages": .number(messages), "work": .number(work), "conflated": 8, "elements": 3,
                    ],
                    ["peer": 4, "uid": 7, "pid": 8, "account": "uid 1000", "fetches": 1, "conflated": 2],
                    [
                        "peer": 5, "address": "192.0.2.7:5555", "account": "192.0.2.7", "unread": 5_000_000,
                        "slow": true, "elements": 900, "refused": 3,
                    ],
                ] + others),
        ])
    }

    /// Two looks, two seconds apart.
    private func reading() -> Usage.Reading {
        var usage = Usage(names: names)
        _ = usage.read(report(messages: 100, work: 1_000_000_000), at: .seconds(1))
        return usage.read(report(messages: 150, work: 1_500_000_000), at: .seconds(3))
    }

    private func screen(_ sortKey: UsageKey, _ sections: Set<TopScreen.Section>, most: Int = 20) -> TopScreen {
        TopScreen(
            traffic: Traffic.Reading(statistics: ["peers": 3], rates: [], busiest: []), usage: reading(),
            sections: sections, sortKey: sortKey, most: most)
    }

    @Test func `What grows is shown as a rate per second, work in percent of a processor`() throws {
        let reading = reading()
        let lamp = try #require(reading.peers.first)
        #expect(lamp.values[.messages] == 25)
        #expect(lamp.values[.work] == 25)
        #expect(lamp.values[.conflated] == 0)
        #expect(lamp.values[.elements] == 3)
        #expect(reading.accounts[0].values[.messages] == 25)
        #expect(reading.accounts[0].values[.connections] == 2)
    }

    @Test func `The first look has no rates, a peer that is new since then has`() {
        var usage = Usage(names: .none)
        let first = usage.read(report(messages: 100, work: 100), at: .zero)
        #expect(first.peers.allSatisfy { $0.values[.messages] == 0 })
        let others: [JSON] = [["peer": 9, "messages": 10, "account": "uid 1000"]]
        let second = usage.read(report(messages: 100, work: 100, others: others), at: .seconds(2))
        #expect(second.peers.last?.values[.messages] == 5)
        let third = usage.read(report(messages: 4, work: 0), at: .seconds(4))
        #expect(third.peers[0].values[.messages] == 0, "a total never shrinks, but for a daemon that was restarted")
    }

    @Test func `Peers are named by what they say, by user and process`() {
        #expect(
            reading().peers.map(\.title) == [
                "lamp  lampd[123]  peter  admin", "#4  pid[8]  uid 7", "#5  192.0.2.7:5555  slow",
            ])
        #expect(reading().accounts.map(\.title) == ["uid 1000 (peter)", "192.0.2.7"])
    }

    @Test(arguments: [
        (UsageKey.work, ["lamp", "#4", "#5"]), (.elements, ["#5", "lamp", "#4"]), (.fetches, ["#4", "lamp", "#5"]),
        (.unread, ["#5", "lamp", "#4"]),
    ])
    func `Rows are sorted by any column, the most first`(key: UsageKey, order: [String]) {
        #expect(reading().peers.sorted(by: key).map { String($0.title.prefix { $0 != " " }) } == order)
    }

    @Test func `A narrow screen shows the columns that fit, and the one that is sorted by`() {
        let narrow = LiveTable.Size(columns: 80, lines: 24)
        func heads(_ key: UsageKey, _ size: LiveTable.Size?) -> [String] {
            screen(key, [.accounts, .peers]).lines(size, title: "t").map { $0.rendered(colored: false) }
                .filter { $0.contains("work%") }
        }
        #expect(
            heads(.work, narrow) == [
                "work% msg/s elems bytes fetches unread refus/s  account",
                "work% msg/s elems bytes fetches unread refus/s  peer",
            ])
        #expect(heads(.pendingRequests, narrow).first?.hasPrefix("pending work% ") == true)
        #expect(
            heads(.work, nil).first
                == "work% msg/s elems bytes fetches rules unread pending confl/s refus/s conns  account")
    }

    @Test func `The lines show numbers short enough for their columns`() {
        let lines = screen(.work, [.accounts]).lines(nil, title: "t").map { $0.rendered(colored: false) }
        #expect(
            lines[4] == "   25    25     3   20K       1     0      0       0       0       0     2  uid 1000 (peter)"
        )
        #expect(
            lines[5] == "    0     0   900     0       0     0   4.8M       0       0       0     1  192.0.2.7")
        #expect(TopScreen.text(99_999, .elements) == "99999")
        #expect(TopScreen.text(12_345_678, .elements) == "12M")
        #expect(TopScreen.text(9_999, .bytes) == "9999")
        #expect(TopScreen.text(250_000, .messages) == "250K")
    }

    @Test func `Sections share the screen: what one does not need is for the others`() {
        #expect(TopScreen.divide(12, among: [3, 50, 20]) == [3, 5, 4])
        #expect(TopScreen.divide(100, among: [3, 50, 20]) == [3, 50, 20])
        #expect(TopScreen.divide(2, among: [3, 50, 20]) == [0, 1, 1])
        #expect(TopScreen.divide(0, among: [0, 0, 0]) == [0, 0, 0])
        for height in 1...30 {
            let size = LiveTable.Size(columns: 40, lines: height)
            let lines = screen(.work, Set(TopScreen.Section.allCases)).lines(size, title: "t")
            #expect(lines.count <= height)
            #expect(lines.allSatisfy { DisplayWidth.of($0.rendered(colored: false)) <= 40 })
        }
    }

    @Test func `A name cannot draw on the terminal`() {
        var usage = Usage(names: .none)
        let report = DaemonPeers(["peers": [["peer": 1, "name": "a\u{1B}[2J"]]])
        let screen = TopScreen(
            traffic: Traffic.Reading(statistics: [:], rates: [], busiest: []),
            usage: usage.read(report, at: .zero), sections: [.peers], sortKey: .work, most: 1)
        #expect(screen.lines(nil, title: "t").last?.rendered(colored: false).hasSuffix(#"a\u001b[2J"#) == true)
    }

    @Test func `For programs, accounts and peers are as the daemon reports them, with rates and names`() throws {
        let record = screen(.elements, Set(TopScreen.Section.allCases)).record(
            at: Timestamp(seconds: 0, milliseconds: 0))
        let peers = try #require(record["peers"]?.array)
        #expect(peers.map { $0["peer"] } == [5, 3, 4])
        #expect(peers[1]["rates"] == ["work": 25, "messages": 25, "conflated": 0, "refused": 0])
        #expect((peers[1]["system"], peers[1]["command"], peers[1]["messages"]) == ("peter", "lampd", 150))
        #expect(peers[0]["system"] == nil && peers[0]["slow"] == true)
        #expect(record["accounts"]?.array?.count == 2)
        let states = screen(.work, [.states]).record(at: Timestamp(seconds: 0, milliseconds: 0))
        #expect(states["peers"] == nil && states["accounts"] == nil && states["busiest"] == [])
    }

    @Test func `A daemon that does not tell is explained in a line`() {
        let refused = JetError(.invalidParams, "Invalid params", data: ["noAccess": "peers"])
        let unknown = JetError(.methodNotFound, "Method not found", data: "peers")
        #expect(UsageAbsence(refused) == .noAccess)
        #expect(UsageAbsence(unknown) == .unknown)
        #expect(UsageAbsence(JetError(.timeout, "")) == nil)
        var screen = screen(.work, Set(TopScreen.Section.allCases))
        (screen.usage, screen.absence) = (nil, .noAccess)
        #expect(
            screen.lines(nil, title: "t").map { $0.rendered(colored: false) } == [
                "t", "peers 3   ",
                "Accounts and peers need the group operator: --user NAME, or group jet-operator.",
            ])
        #expect(screen.record(at: Timestamp(seconds: 0, milliseconds: 0))["peers"] == nil)
    }
}
