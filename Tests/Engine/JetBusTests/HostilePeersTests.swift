import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import JetBus

/// Ten peers of three users send whatever they like beside an honest pair.
///
/// `JET_TEST_STEPS=1000000 swift test --filter HostilePeersTests` sends a million messages.
@Suite("Hostile peers")
struct HostilePeersTests {
    @Test(
        "the conversation of an honest pair is complete and in order, quotas hold, and nothing is kept in the end",
        arguments: TestEnvironment.seeds([1, 2, 3]))
    func honestPair(seed: UInt64) throws {
        var scene = HostileScene(seed: seed)
        for round in 0..<TestEnvironment.steps(5000) / HostileScene.messagesInRound {
            scene.attack()
            if let failure = scene.converse(round) ?? scene.excess() {
                Issue.record("seed \(seed), round \(round): \(failure)")
                return
            }
        }
        scene.end()
        #expect(scene.bus.bus.accounts.used == Quotas(all: 0))
        #expect(scene.bus.statistics.elements == 0)
        #expect(scene.refusals > 0, "some quota is met")
    }
}

/// A bus with small quotas, the attackers, and the honest pair.
private struct HostileScene {
    static let messagesInRound = 20

    let bus: TestBus
    private var random: SeededGenerator
    private var attackers: [TestPeer] = []
    private let owner: TestPeer
    private let caller: TestPeer
    private(set) var refusals = 0
    private var sent = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        bus = TestBus {
            $0.seed = seed
            $0.hasUsers = true
            $0.slice = 100_000
            $0.workLimit = 20_000_000
            $0.outboxLimit = 64 << 10
            $0.quotas.elements = 3000
            $0.quotas.bytes = 8 << 20
            $0.quotas.fetches = 300
            $0.quotas.ruleBytes = 1 << 20
            $0.quotas.pendingRequests = 2000
            $0.quotas.unreadBytes = 4 << 20
        }
        bus.isHoldingWork = true
        owner = bus.connect(credentials: Credentials(userID: 1000))
        caller = bus.connect(credentials: Credentials(userID: 1001))
        owner.ask("add", ["path": "honest/state", "value": -1])
        caller.ask("fetch", ["id": "mine", "path": ["equals": "honest/state"]])
        _ = caller.received()
        for number in 0..<10 { attackers.append(attacker(number)) }
    }

    private func attacker(_ number: Int) -> TestPeer {
        bus.connect(credentials: Credentials(userID: UInt32(1 + number % 3)))
    }

    // MARK: The attack

    mutating func attack() {
        for _ in 0..<Self.messagesInRound {
            let number = Int.random(in: 0..<attackers.count, using: &random)
            let peer = attackers[number]
            switch Int.random(in: 0..<400, using: &random) {
            case 0:
                peer.disconnect()
                attackers[number] = attacker(number)
            case 1: peer.isReading.toggle()
            case 2: bus.bus.endInput(of: peer.id)
            case _ where peer.isClosing:
                peer.disconnect()
                attackers[number] = attacker(number)
            // A daemon does not read from a peer that is paused; this one sometimes does.
            case _ where peer.isPaused && !chance(30): break
            default: peer.send(message())
            }
            if chance(4) { bus.turn() }
        }
        for peer in attackers {
            for text in peer.receivedTexts() where text.contains("-32010") { refusals += 1 }
        }
    }

    private mutating func chance(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

    private mutating func path() -> String {
        let paths = ["honest/state", "a", "b/c", "", "x/\(Int.random(in: 0..<400, using: &random))"]
        return chance(3) ? paths.randomElement(using: &random) ?? "a" : "s/\(Int.random(in: 0..<4000, using: &random))"
    }

    private mutating func value() -> String {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: "[" + (0..<Int.random(in: 1...2000, using: &random)).map(String.init).joined(separator: ",") + "]"
        case 1: "\"" + String(repeating: "x", count: Int.random(in: 0...60_000, using: &random)) + "\""
        case 2: String(repeating: "[", count: 120) + String(repeating: "]", count: 120)
        case 3: "{\"n\":\(Int.random(in: -9...9, using: &random)),\"n\":1e309}"
        case 4: "null"
        default: "{\"n\":\(Int.random(in: -1000...1000, using: &random))}"
        }
    }

    private mutating func rule() -> String {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: "\"match\":[" + (0..<30).map { "\".-.-.-.-.-.-z\($0)\"" }.joined(separator: ",") + "]"
        case 1: "\"value\":{\"hasAllOf\":[" + (0..<3000).map(String.init).joined(separator: ",") + "]}"
        case 2: "\"valueField\":{\"n\":{\"greaterThan\":\(Int.random(in: -9...9, using: &random))}}"
        case 3: "\"sort\":{\"byValueField\":{\"n\":\"number\"},\"to\":\(Int.random(in: 0...20_000, using: &random))}"
        case 4: "\"path\":{\"contains\":\"s\",\"caseInsensitive\":true}"
        case 5: "\"path\":{\"equalsOneOf\":[" + (0..<500).map { "\"s/\($0)\"" }.joined(separator: ",") + "]}"
        case 6: "\"interval\":0.5"
        case 7: "\"max\":3,\"path\":{\"startsWith\":\"s/1\"}"
        case 8: "\"path\":{\"startsWith\":\"\(path())\"}"
        case 9: "\"sort\":{\"byPath\":true,\"from\":3,\"to\":1000000000}"
        default: "\"path\":{}"
        }
    }

    /// A message, valid, odd or costly.
    private mutating func message(inBatch: Bool = false) -> String {
        sent += 1
        let id = "\"id\":\(sent),"
        switch Int.random(in: 0..<24, using: &random) {
        case 0...4: return "{\(id)\"method\":\"add\",\"params\":{\"path\":\"\(path())\",\"value\":\(value())}}"
        case 5: return "{\(id)\"method\":\"add\",\"params\":{\"path\":\"\(path())\"}}"
        case 6...8: return "{\(id)\"method\":\"change\",\"params\":{\"path\":\"\(path())\",\"value\":\(value())}}"
        case 9: return "{\(id)\"method\":\"remove\",\"params\":{\"path\":\"\(path())\"}}"
        case 10, 11:
            let fetch = Int.random(in: 0..<200, using: &random)
            return "{\(id)\"method\":\"fetch\",\"params\":{\"id\":\(fetch),\(rule())}}"
        case 12: return "{\(id)\"method\":\"unfetch\",\"params\":{\"id\":\(Int.random(in: 0..<200, using: &random))}}"
        case 13, 14: return "{\(id)\"method\":\"get\",\"params\":{\(rule())}}"
        case 15, 16: return "{\(id)\"method\":\"set\",\"params\":{\"path\":\"\(path())\",\"value\":\(value())}}"
        case 17: return "{\(id)\"method\":\"call\",\"params\":{\"path\":\"\(path())\",\"args\":[\(value())]}}"
        case 18: return "{\"id\":\"\(Int.random(in: 0..<1 << 30, using: &random))\",\"result\":true}"
        case 19:
            return "{\(id)\"method\":\"authenticate\",\"params\":{\"user\":\"a\",\"password\":\"\(value().count)\"}}"
        case 20: return "{\(id)\"method\":\"config\",\"params\":{\"name\":\"\(sent)\"}}"
        case 21 where !inBatch:
            let count = Int.random(in: 0..<60, using: &random)
            return "[" + (0..<count).map { _ in message(inBatch: true) }.joined(separator: ",") + "]"
        case 22:
            return ["{", "[1,", "{}", "7", "{\"method\":5}", "{\"id\":[],\"method\":\"echo\"}", "\u{0}"]
                .randomElement(using: &random) ?? ""
        default: return "{\(id)\"method\":\"\(["info", "peers", "echo"].randomElement(using: &random) ?? "")\"}"
        }
    }

    // MARK: The honest pair

    /// One change, one set and its answer.
    ///
    /// - Returns: What went wrong.
    mutating func converse(_ round: Int) -> String? {
        owner.notify("change", ["path": "honest/state", "value": .number(round)])
        caller.send([
            "id": .number(round), "method": "set",
            "params": ["path": "honest/state", "value": ["set": .number(round)]],
        ])
        var isAsked = false
        while let request = owner.takeRouted() {
            // Attackers set it as well.
            if request["params"]?["value"] == ["set": .number(round)] { isAsked = true }
            owner.answer(request, ["result": .number(round)])
        }
        guard isAsked else { return "the owner did not receive the set" }
        let expected: [JSON] = [
            .event("mine", "change", "honest/state", .number(round)), ["id": .number(round), "result": .number(round)],
        ]
        let received = caller.received()
        _ = owner.received()
        return received == expected ? nil : "the caller received \(received)"
    }

    // MARK: Bounds

    /// - Returns: Which quota does not hold.
    func excess() -> String? {
        let accounts = bus.bus.accounts
        var excess: String?
        accounts.forEach { account in
            for resource in [Resource.elements, .fetches, .ruleBytes, .pendingRequests]
            where account.usage[resource] > bus.bus.configuration.quotas[resource] / 2 {
                excess = "\(account.name) uses \(account.usage[resource]) of \(resource)"
            }
        }
        // Memory that peers keep, and what they have not read: a response may go beyond the quota, up to the outbox's end.
        let unread = bus.statistics.waitingBytes
        if unread > 10 * 8 * (64 << 10) + (4 << 20) { excess = "\(unread) bytes of output wait" }
        if accounts.used.bytes > bus.bus.configuration.quotas.bytes { excess = "\(accounts.used.bytes) bytes are kept" }
        return excess
    }

    mutating func end() {
        for peer in attackers + [owner, caller] { peer.disconnect() }
        for request in bus.bus.takeAuthenticationRequests() {
            bus.bus.answer(request, with: .unknownUser, at: bus.now)
        }
        bus.isHoldingWork = false
        bus.deliver()
    }
}
