import Digests
import JSONText
import JetProtocol
import Testing

@testable import Jet

/// Pairing and keys, with a fake daemon that sends what the test gives it.
@Suite("Keys and pairing", .timeLimit(.minutes(1)))
struct PairingTests {
    private func withFake<Value: Sendable>(
        answer: JSON, _ ask: @escaping @Sendable (Peer) async throws -> Value
    ) async throws -> (request: JSON, value: Value) {
        let daemon = try await FakeDaemon.start()
        let peer = try await Peer.connect(to: daemon.endpoint, configuration: .patient)
        async let value = ask(peer)
        var messages = daemon.messages.makeAsyncIterator()
        let request = try #require(await messages.next())
        try await daemon.send(["id": request["id"] ?? nil, "result": answer])
        let result = try await value
        await daemon.stop()
        await peer.close()
        return (request, result)
    }

    @Test("an offer is asked for with user, groups and time")
    func offer() async throws {
        let (request, offer) = try await withFake(
            answer: ["code": "ABCDEFGH", "expires": "2026-01-01T00:00:00Z", "user": "john"]
        ) { peer in
            try await peer.offerPairing(user: "john", groups: ["a", "b"], for: .seconds(60))
        }
        #expect(request["method"] == "offerPairing")
        #expect(request["params"] == ["groups": ["a", "b"], "seconds": 60, "user": "john"])
        #expect(offer.code == "ABCDEFGH" && offer.expires == "2026-01-01T00:00:00Z" && offer.user == "john")
    }

    @Test("pairing sends the code, and the peer logs in with its key from then on")
    func pair() async throws {
        let fingerprint = Fingerprint(ofKey: [1])
        let (request, pairing) = try await withFake(
            answer: [
                "user": "laptop", "groups": ["fetch": ["x"], "set": ["y"], "call": []],
                "fingerprint": .string("\(fingerprint)"),
            ]
        ) { peer in
            let pairing = try await peer.pair(code: "ABCDEFGH", title: "laptop")
            #expect(peer.core.look(\.login) == .key)
            return pairing
        }
        #expect(request["method"] == "pair")
        #expect(request["params"] == ["code": "ABCDEFGH", "title": "laptop"])
        #expect(pairing.user == "laptop" && pairing.fingerprint == fingerprint)
        #expect(pairing.groups == Groups(fetch: ["x"], set: ["y"], call: []))
    }

    @Test("keys are listed and removed")
    func keys() async throws {
        let fingerprint = Fingerprint(ofKey: [1])
        let (_, keys) = try await withFake(
            answer: [
                [
                    "user": "john", "fingerprint": .string("\(fingerprint)"), "title": "laptop", "added": "2026",
                    "connections": 2,
                ]
            ]
        ) { try await $0.keys() }
        #expect(keys.count == 1)
        #expect(keys.first?.fingerprint == fingerprint && keys.first?.connections == 2 && keys.first?.lastUsed == nil)
        let (request, _) = try await withFake(answer: true) { try await $0.removeKey(fingerprint) }
        #expect(request["method"] == "removeKey")
        #expect(request["params"] == ["fingerprint": .string("\(fingerprint)")])
    }
}
