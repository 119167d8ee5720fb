import Glibc
import Jet
import JetProtocol
import Testing

/// Handlers that are told who sets or calls.
@Suite("Who asks")
struct CallerTests {
    private static let userID = geteuid()

    @Test("a set handler sees the caller's name, and over a unix socket the user that runs it")
    func set() async throws {
        try await withDaemon { endpoint in
            let provider = try await Peer.connect(to: endpoint, configuration: .patient)
            var configuration = Peer.Configuration.patient
            configuration.name = "panel"
            let user = try await Peer.connect(to: endpoint, configuration: configuration)
            let (callers, seen) = AsyncStream.makeStream(of: Caller?.self)
            try await provider.addState("told", 1, options: ElementOptions(caller: true)) { request in
                seen.yield(request.caller)
                return .accept
            }
            try await provider.addState("untold", 1) { request in
                seen.yield(request.caller)
                return .accept
            }
            try await user.set("told", to: 2)
            try await user.set("untold", to: 2)
            seen.finish()
            var all: [Caller?] = []
            for await caller in callers { all.append(caller) }
            #expect(all == [Caller(peer: "panel", uid: Self.userID), nil])
            await user.close()
            await provider.close()
        }
    }

    @Test("a call handler that wants to know sees who calls, one that does not is as ever")
    func call() async throws {
        try await withPeers { provider, user in
            let options = ElementOptions(caller: true)
            try await provider.addMethod("told", options: options) { (call: CallRequest<[Int]>) in
                ["\(call.arguments)", "\(call.caller?.uid ?? 0)", call.caller?.peer ?? "nameless"]
            }
            try await provider.addMethod("untold", options: options) { (numbers: [Int]) in numbers.count }
            try await provider.addMethod("unasked") { (call: CallRequest<[Int]>) in call.caller == nil }
            let told = try await user.call("told", [1, 2], as: [String].self)
            #expect(told == ["[1, 2]", "\(Self.userID)", "nameless"])
            #expect(try await user.call("untold", [1, 2], as: Int.self) == 2)
            #expect(try await user.call("unasked", [1], as: Bool.self))
        }
    }
}
