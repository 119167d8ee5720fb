import JetProtocol
import JetUsers
import TestSupport
import Testing

/// Offers, in a place from which they can be changed inside of an expectation.
private final class Desk {
    private(set) var offers = PairingOffers()

    /// Makes an offer.
    func add(
        _ offer: PairingOffers.Offer = PairingOffersTests.offer, by account: String, seconds: Int = 600,
        at now: UInt64 = PairingOffersTests.start
    ) -> PairingCode? {
        offers.add(offer, by: account, seconds: seconds, at: now)
    }

    /// Redeems an offer.
    func redeem(_ code: PairingCode, at now: UInt64) throws -> PairingOffers.Offer { try offers.redeem(code, at: now) }

    /// What comes of a code: `nil` if it is redeemed.
    func refusal(_ code: PairingCode, at now: UInt64 = PairingOffersTests.start) -> PairingRefusal? {
        do throws(PairingRefusal) {
            _ = try offers.redeem(code, at: now)
            return nil
        } catch {
            return error
        }
    }

    /// Ends all offers.
    func endAll() { offers.endAll() }
}

/// Offers to pair, with a clock that is set by hand (jet-protocol(7) §8.4).
@Suite("jet-protocol(7) §8.4: offers to pair")
struct PairingOffersTests {
    static let second: UInt64 = 1_000_000_000
    static let offer = PairingOffers.Offer(groups: ["operator"])
    static let start = 1000 * second
    static let wrong = code("ZZZZZZZZ")

    static func code(_ text: String) -> PairingCode {
        guard let code = PairingCode(parsing: text) else { fatalError("no code") }
        return code
    }

    @Test("an offer is redeemed once; its code is refused as used from then on")
    func once() throws {
        let desk = Desk()
        let offer = PairingOffers.Offer(user: "ada", groups: ["a"])
        let code = try #require(desk.add(offer, by: "uid 0"))
        #expect(desk.offers.count(at: Self.start) == 1)
        let redeemed = try desk.redeem(code, at: Self.start + 599 * Self.second)
        #expect(redeemed == offer)
        #expect(desk.offers.count(at: Self.start) == 0)
        for time in [0, 599, 600, 80_000] as [UInt64] {
            #expect(desk.refusal(code, at: Self.start + time * Self.second) == .used)
        }
    }

    @Test("an offer ends to the second, and is refused as expired for a day")
    func expiry() throws {
        let desk = Desk()
        let code = try #require(desk.add(by: "a", seconds: 10, at: Self.start))
        let end = Self.start + 10 * Self.second
        #expect(desk.refusal(code, at: end) == .expired)
        #expect(desk.offers.count(at: end - 1) == 1)
        #expect(desk.offers.count(at: end) == 0)
        #expect(desk.add(by: "b", seconds: 10, at: end + 86_399 * Self.second) != nil)
        #expect(desk.refusal(code, at: end + 86_399 * Self.second) == .expired)
        #expect(desk.add(by: "b", seconds: 10, at: end + 86_400 * Self.second) != nil)
        #expect(desk.refusal(code, at: end + 86_400 * Self.second) == .wrong)
    }

    @Test("a new offer of an account replaces its former one; those of others stay")
    func replacing() throws {
        let desk = Desk()
        let first = try #require(desk.add(by: "a"))
        let other = try #require(desk.add(by: "b"))
        let second = try #require(desk.add(by: "a"))
        #expect(desk.refusal(first) == .expired)
        #expect(desk.refusal(second) == nil)
        #expect(desk.refusal(other) == nil)
    }

    @Test("there are 16 offers at most, of which an account can always replace its own")
    func limit() throws {
        let desk = Desk()
        for number in 0..<16 {
            #expect(desk.add(by: "\(number)") != nil)
        }
        #expect(desk.add(by: "16") == nil)
        let code = try #require(desk.add(by: "3"))
        #expect(desk.offers.count(at: Self.start) == 16)
        #expect(desk.refusal(code) == nil)
        #expect(desk.add(by: "16") != nil)
    }

    @Test("five wrong codes end all offers; then everything is expired, until there is a new offer")
    func guessing() throws {
        let desk = Desk()
        let codes = try ["a", "b"].map { try #require(desk.add(by: $0)) }
        for _ in 1...5 { #expect(desk.refusal(Self.wrong) == .wrong) }
        #expect(desk.offers.count(at: Self.start) == 0)
        for code in codes { #expect(desk.refusal(code) == .expired) }
        #expect(desk.refusal(Self.wrong) == .expired)
        let code = try #require(desk.add(by: "a"))
        for _ in 1...4 { #expect(desk.refusal(Self.wrong) == .wrong) }
        #expect(desk.refusal(code) == nil, "four wrong codes end nothing")
    }

    @Test("without offers there is nothing to guess: each code is wrong, and none counts")
    func noOffers() throws {
        let desk = Desk()
        for _ in 1...10 { #expect(desk.refusal(Self.wrong) == .wrong) }
        let code = try #require(desk.add(by: "a"))
        for _ in 1...4 { #expect(desk.refusal(Self.wrong) == .wrong) }
        #expect(desk.refusal(code) == nil)
        for _ in 1...10 { #expect(desk.refusal(Self.wrong) == .wrong) }
    }

    @Test("used and expired codes are no guesses")
    func replay() throws {
        let desk = Desk()
        let used = try #require(desk.add(by: "a"))
        #expect(desk.refusal(used) == nil)
        let code = try #require(desk.add(by: "a"))
        for _ in 0..<100 { #expect(desk.refusal(used) == .used) }
        #expect(desk.refusal(code) == nil)
    }

    @Test("all offers can be ended")
    func ending() throws {
        let desk = Desk()
        let code = try #require(desk.add(by: "a"))
        desk.endAll()
        #expect(desk.refusal(code) == .expired)
        #expect(desk.refusal(Self.wrong) == .wrong)
    }

    @Test("however many offers are made and used, those that can be redeemed are never forgotten")
    func bounded() throws {
        let desk = Desk()
        let first = try #require(desk.add(by: "first", seconds: 86_400, at: Self.start))
        var used: [PairingCode] = []
        for _ in 0..<1000 {
            let code = try #require(desk.add(by: "a", seconds: 86_400, at: Self.start))
            #expect(desk.refusal(code) == nil)
            used.append(code)
        }
        #expect(desk.refusal(first) == nil)
        #expect(desk.refusal(try #require(used.last)) == .used)
        #expect(desk.refusal(used[0]) == .wrong, "the oldest are forgotten")
    }
}
