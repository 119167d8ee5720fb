import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import JetBus

/// jet-protocol(7) §6: "Nothing of one connection's rights ever reaches another." Peers come, authenticate themselves, and go
/// at every moment; each new one takes the place of one that went. Whatever happens, each sees exactly what its own last
/// right password lets it see.
@Suite("jet-protocol(7) §6: no connection inherits another's rights")
struct InheritanceTests {
    /// A peer and what must hold for it.
    final class Guest {
        let peer: TestPeer
        /// The groups that it came with, or was granted last.
        var groups: Set<String>
        /// Whether it came as a stranger, and was never granted anything.
        var isStranger: Bool
        /// Its question, once somebody works on it, and what the verdict will be.
        var question: (Bus.AuthenticationRequest, Bus.AuthenticationResult)?

        init(_ peer: TestPeer, _ groups: Set<String>, isStranger: Bool) {
            self.peer = peer
            self.groups = groups
            self.isStranger = isStranger
        }
    }

    static let names = ["a", "b", "c"]

    @Test("whoever comes and goes when", arguments: TestEnvironment.seeds([1, 2, 3]))
    func reuse(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let bus = TestBus { $0.hasUsers = true }
        let owner = bus.connect()
        for name in Self.names {
            let access: JSON = [
                "fetchGroups": [.string(name)], "setGroups": [.string(name)], "callGroups": [.string(name)],
            ]
            owner.ask("add", ["path": .string(name), "value": 1, "access": access])
            owner.ask("add", ["path": .string("m\(name)"), "access": access])
        }
        var guests: [Guest] = []
        /// Questions whose peers have gone, which somebody still works on.
        var orphans: [(Bus.AuthenticationRequest, Bus.AuthenticationResult)] = []
        var comings = 0
        var grants = 0

        func arrive() {
            comings += 1
            let groups = Set(Self.names.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 })
            let isStranger = Int.random(in: 0..<3, using: &generator) == 0
            let peer = bus.connect(
                groups: Groups(fetch: groups, set: groups, call: groups), permission: isStranger ? .none : .all)
            guests.append(Guest(peer, groups, isStranger: isStranger))
        }
        func ask(_ guest: Guest) {
            guard guest.question == nil else { return }
            guest.peer.notify("authenticate", ["user": "u", "password": "p"])
            for question in bus.bus.takeAuthenticationRequests() {
                let groups = Set(Self.names.filter { _ in Bool.random(using: &generator) })
                let isRight = Int.random(in: 0..<3, using: &generator) > 0
                let rights = Groups(fetch: groups, set: groups, call: groups)
                guest.question = (question, isRight ? .granted(rights) : .wrongPassword)
            }
        }
        func conclude(_ guest: Guest) {
            guard let (question, verdict) = guest.question else { return }
            guest.question = nil
            if case .granted(let groups) = verdict {
                guest.groups = groups.fetch
                guest.isStranger = false
                grants += 1
            }
            bus.bus.answer(question, with: verdict, at: bus.now)
            bus.deliver()
        }
        func leave(_ guest: Guest) {
            if let question = guest.question { orphans.append(question) }
            guest.peer.disconnect()
            guests.removeAll { $0 === guest }
        }
        func check(_ guest: Guest) {
            guard guest.question == nil else { return }
            let peer = guest.peer
            guard !guest.isStranger else {
                #expect(peer.ask("get") == .refused(["loginRequired": true]))
                return
            }
            let visible = Self.names.filter(guest.groups.contains)
            let seen = peer.ask("get")?["result"]?.array?.compactMap { $0["path"]?.string }
            #expect(Set(seen ?? []) == Set(visible + visible.map { "m" + $0 }))
            let sorted = peer.ask("get", ["sort": [:]])?["result"]?.array?.compactMap { $0["path"]?.string }
            #expect(sorted?.count == visible.count * 2)
            peer.ask("fetch", ["id": "f"])
            peer.ask("fetch", ["id": "s", "sort": [:]])
            let heard = peer.received()
            #expect(heard.filter { $0["method"] == "f" }.count == visible.count * 2)
            let window = heard.last { $0["method"] == "s" }
            #expect(window?["params"]?["n"]?.int == visible.count * 2)
            peer.ask("unfetch", ["id": "f"])
            peer.ask("unfetch", ["id": "s"])
            for name in Self.names where !visible.contains(name) {
                #expect(peer.ask("set", ["path": .string(name), "value": 2])?["error"] != nil)
                #expect(peer.ask("call", ["path": .string("m\(name)")])?["error"] != nil)
            }
        }

        for _ in 0..<TestEnvironment.steps(6000) {
            let choice = Int.random(in: 0..<12, using: &generator)
            guard let guest = guests.randomElement(using: &generator), guests.count > 2 || choice == 0 else {
                arrive()
                continue
            }
            switch choice {
            case 0...1: if guests.count < 8 { arrive() }
            case 2...4: ask(guest)
            case 5...6: conclude(guest)
            case 7...8: leave(guest)
            case 9:
                if let index = orphans.indices.randomElement(using: &generator) {
                    let (question, verdict) = orphans.remove(at: index)
                    bus.bus.answer(question, with: verdict, at: bus.now)
                    bus.deliver()
                }
            default: check(guest)
            }
        }
        for guest in guests {
            conclude(guest)
            check(guest)
        }
        #expect(comings > 500 && grants > 200, "many came and were granted something")
        // Hardly any place was new.
        #expect(bus.bus.peers.slotCount < 12)
    }
}
