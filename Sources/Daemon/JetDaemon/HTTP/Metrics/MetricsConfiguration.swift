import Glibc
import JetBus
import Netlink

/// `[metrics]` of jetd.toml(5): whether there is a page of metrics, who may read it, and which States it has.
public struct MetricsConfiguration: Hashable, Sendable {
    /// Whether there is one. By default it is for this machine only, and has what `info` shows to each of its peers.
    public var isEnabled = true
    /// The networks whose clients may read it without a login.
    public var networks: [Network] = [.loopback]
    /// Which States are series. A State that satisfies several rules is one.
    public var rules: [StateRule] = []

    /// The default.
    public init() {}

    /// A network of clients.
    public enum Network: Hashable, Sendable {
        /// This machine.
        case loopback
        /// The addresses whose first `bits` are those of `address`, of 4 or 16 bytes.
        case addresses(address: [UInt8], bits: Int)

        /// Reads `loopback`, an address, or an address with the number of bits, as in `192.0.2.0/24`; `nil` if it is none
        /// of these, or has a bit that is not 0 behind the prefix.
        public init?(parsing text: String) {
            if text == "loopback" {
                self = .loopback
                return
            }
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count) else { return nil }
            for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
                var address = [UInt8](repeating: 0, count: count)
                guard inet_pton(family, String(parts[0]), &address) == 1 else { continue }
                var bits = count * 8
                if parts.count == 2 {
                    guard let given = Int(parts[1]), (0...bits).contains(given), "\(given)" == parts[1] else {
                        return nil
                    }
                    bits = given
                }
                self = .addresses(address: address, bits: bits)
                guard Self.masked(address, bits) == address else { return nil }
                return
            }
            return nil
        }

        /// An address with 0 in place of what follows the first bits.
        private static func masked(_ address: [UInt8], _ bits: Int) -> [UInt8] {
            address.enumerated().map { index, byte in
                let kept = min(max(bits - index * 8, 0), 8)
                return byte & ~(kept == 8 ? 0 : 0xFF >> UInt8(kept))
            }
        }

        /// Whether the other end of a connection is in it.
        func contains(_ peer: PeerIdentity) -> Bool {
            switch self {
            case .loopback: peer.credentials.channel == .local || peer.end?.isLoopback == true
            case .addresses(let address, let bits):
                if let end = peer.end, end.address.count == address.count {
                    Self.masked(end.address, bits) == address
                } else {
                    false
                }
            }
        }
    }

    /// Which States are series: those whose paths satisfy all that is set.
    public struct StateRule: Hashable, Sendable {
        /// The whole path.
        public var equals: String?
        /// Its beginning.
        public var startsWith: String?
        /// Its end.
        public var endsWith: String?
        /// A part of it.
        public var contains: String?

        /// All States.
        public init() {}
    }
}
