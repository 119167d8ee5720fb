import Logging

/// Counts connections and handshakes, so that neither an address nor all of them together can have too many.
struct Admission {
    /// Why a connection is refused.
    enum Refusal: String {
        /// Its address has as many as it may have.
        case address = "connections-per-address"
        /// There are as many as there may be.
        case all = "connections"
        /// There are as many handshakes as there may be.
        case handshakes = "handshakes"
    }

    /// A handshake that goes on.
    struct Handshake {
        let address: PeerAddress
        let number: UInt64
    }

    var limits: GatewayConfiguration
    private(set) var connections = 0
    /// Oldest first. There are few, so they are searched.
    private(set) var handshakes: [Handshake] = []
    private var byAddress: [PeerAddress: Int] = [:]

    init(limits: GatewayConfiguration) { self.limits = limits }

    /// Counts a connection, which begins with a handshake.
    ///
    /// - Returns: The number of the handshake that must end for this one: if there are too many, the oldest of the address that
    ///   has most of them. So an address that keeps its handshakes waiting loses only its own.
    mutating func admit(_ address: PeerAddress, number: UInt64) -> Result<Handshake?, RefusalError> {
        guard connections < limits.connections else {
            return .failure(RefusalError(reason: .all, max: limits.connections))
        }
        let own = byAddress[address, default: 0]
        guard own < limits.connectionsPerAddress else {
            return .failure(RefusalError(reason: .address, max: limits.connectionsPerAddress))
        }
        var displaced: Handshake?
        if handshakes.count >= limits.handshakes {
            var counts: [PeerAddress: Int] = [:]
            for handshake in handshakes { counts[handshake.address, default: 0] += 1 }
            let most = counts.values.max() ?? 0
            displaced = handshakes.first { counts[$0.address] == most }
        }
        connections += 1
        byAddress[address] = own + 1
        handshakes.append(Handshake(address: address, number: number))
        return .success(displaced)
    }

    struct RefusalError: Error {
        let reason: Refusal
        let max: Int
    }

    /// A handshake has ended, well or not.
    mutating func endHandshake(_ number: UInt64) { handshakes.removeAll { $0.number == number } }

    /// A connection that was counted is closed.
    mutating func release(_ address: PeerAddress, number: UInt64) {
        endHandshake(number)
        connections -= 1
        let own = byAddress[address, default: 1]
        byAddress[address] = own > 1 ? own - 1 : nil
    }
}
