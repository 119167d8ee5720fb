public import JetProtocol

/// The offers to pair that there are (jet-protocol(7) §8.4), in memory only: a daemon that is restarted has none.
///
///     guard let code = offers.add(offer, by: "uid 0", seconds: 600, at: now) else { ... }     // too many offers
///     let offer = try offers.redeem(code, at: now)                // once
///
/// A code is valid once and until its offer ends. Each account has one offer, the newest. After five wrong codes all offers
/// end, so a code of 40 bits cannot be guessed. Codes are remembered after they were used or have ended, so that who comes
/// too late learns why. It has no clock: times are handed in, in nanoseconds, by a clock that never goes back.
public struct PairingOffers: Sendable {
    /// What the peer that pairs receives.
    public struct Offer: Hashable, Sendable {
        /// The user that gets the key; `nil` for a new one.
        public var user: String?
        /// The groups of a new user, for fetching, setting and calling.
        public var groups: Set<String>

        /// The groups of the operator who makes it: no more is given than these. `nil` for an admin, who may make any
        /// offer.
        public var bound: Groups?

        /// The user that makes it; `nil` for one without a login.
        public var asker: String?

        /// An offer.
        public init(user: String? = nil, groups: Set<String>, bound: Groups? = nil, asker: String? = nil) {
            self.asker = asker
            self.user = user
            self.groups = groups
            self.bound = bound
        }
    }

    private struct Record {
        let code: PairingCode
        let offer: Offer
        /// Who has made it.
        let account: String
        let end: UInt64
        /// Why it cannot be redeemed any more; `nil` as long as it can, and when its time is over.
        var refusal: PairingRefusal?

        func isActive(at now: UInt64) -> Bool { refusal == nil && now < end }
    }

    /// In the order in which they were made.
    private var records: [Record] = []
    /// How many wrong codes there were since the last offer was made or redeemed.
    private var wrongCodes = 0

    /// For how long a code is remembered after the end of its offer.
    private static var memory: UInt64 { 86_400_000_000_000 }
    /// How many codes are remembered.
    private static var longest: Int { 256 }

    /// No offers.
    public init() {}

    /// How many offers can be redeemed.
    public func count(at now: UInt64) -> Int { records.count { $0.isActive(at: now) } }

    /// Makes an offer, in place of the one that the account has.
    ///
    /// - Parameters:
    ///   - account: Who makes it.
    ///   - seconds: How long it lasts.
    ///   - code: Its code.
    /// - Returns: Its code; `nil` if other accounts have as many offers as there may be.
    public mutating func add(
        _ offer: Offer, by account: String, seconds: Int, at now: UInt64, code: PairingCode = .random()
    ) -> PairingCode? {
        let others = records.count { $0.isActive(at: now) && $0.account != account }
        guard others < ProtocolLimits.pairingOffers else { return nil }
        forget(at: now)
        for index in records.indices where records[index].account == account && records[index].refusal == nil {
            records[index].refusal = .expired
        }
        records.removeAll { $0.code == code }
        records.append(
            Record(
                code: code, offer: offer, account: account,
                end: now + UInt64(clamping: seconds) * 1_000_000_000))
        wrongCodes = 0
        return code
    }

    /// Redeems an offer.
    ///
    /// - Throws: Why the code is refused.
    public mutating func redeem(_ code: PairingCode, at now: UInt64) throws(PairingRefusal) -> Offer {
        // All codes are compared, so that the time does not depend on which one is right.
        var found: Int?
        for (index, record) in records.enumerated() where record.code == code { found = index }
        guard let found else { throw noteWrongCode(at: now) }
        if let refusal = records[found].refusal { throw refusal }
        guard records[found].isActive(at: now) else { throw .expired }
        records[found].refusal = .used
        wrongCodes = 0
        return records[found].offer
    }

    /// Ends all offers.
    public mutating func endAll() {
        for index in records.indices where records[index].refusal == nil { records[index].refusal = .expired }
    }

    /// Counts a code that no offer has, while there are offers that could be guessed.
    ///
    /// - Returns: What to answer: once the offers have ended because of wrong codes, that they have ended.
    private mutating func noteWrongCode(at now: UInt64) -> PairingRefusal {
        guard wrongCodes < ProtocolLimits.wrongCodes else { return .expired }
        guard count(at: now) > 0 else { return .wrong }
        wrongCodes += 1
        if wrongCodes == ProtocolLimits.wrongCodes { endAll() }
        return .wrong
    }

    private mutating func forget(at now: UInt64) {
        records.removeAll { now >= $0.end && now - $0.end >= Self.memory }
        // The oldest that cannot be redeemed go first. There are never more active ones than offers.
        while records.count >= Self.longest, let index = records.firstIndex(where: { !$0.isActive(at: now) }) {
            records.remove(at: index)
        }
    }
}
