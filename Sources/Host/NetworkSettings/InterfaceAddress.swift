/// An address of a link together with the length of its network's prefix: `192.0.2.7/24`.
public struct InterfaceAddress: Hashable, Sendable {
    /// The address.
    public let address: InternetAddress
    /// How many bits of it name the network: at most 32 or 128.
    public let prefixLength: Int

    /// An address in a network of this prefix; `nil` if the prefix is longer than the address.
    public init?(_ address: InternetAddress, prefixLength: Int) {
        guard (0...address.bitCount).contains(prefixLength) else { return nil }
        self.address = address
        self.prefixLength = prefixLength
    }

    /// The address that `text` is: an address, a slash, a decimal number without superfluous zeros.
    ///
    /// - Throws: In words, why it is none; as the end of a sentence.
    public init(parsing text: String) throws(Malformed) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw Malformed(reason: "must be an address and a prefix length, such as 192.0.2.7/24")
        }
        guard let address = InternetAddress(String(parts[0])) else {
            throw Malformed(reason: "must begin with an IPv4 or IPv6 address")
        }
        guard let length = Int(parts[1]), String(length) == parts[1], (0...address.bitCount).contains(length) else {
            throw Malformed(reason: "must end with a prefix length from 0 to \(address.bitCount)")
        }
        self.address = address
        prefixLength = length
    }

    /// Why a text is no address with a prefix.
    public struct Malformed: Error, Hashable, Sendable {
        /// The end of a sentence.
        public let reason: String
    }

    /// Whether `other` is in the same network.
    public func contains(_ other: InternetAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        return (0..<prefixLength).allSatisfy { address.bit($0) == other.bit($0) }
    }

    /// Why a link cannot have this address, as the end of a sentence; `nil` if it can.
    public var reasonNotAssignable: String? {
        if let reason = address.reasonNotAHost { return reason }
        if prefixLength == 0 { return "must have a prefix length of at least 1" }
        // The network and the broadcast address need two bits of their own; RFC 3021 does without in a /31.
        guard address.isIPv4, prefixLength <= 30 else { return nil }
        let host = (prefixLength..<32).map { address.bit($0) }
        if !host.contains(true) { return "is the address of the network itself, not of a host in it" }
        if !host.contains(false) { return "is the broadcast address of its network" }
        return nil
    }
}

extension InterfaceAddress: CustomStringConvertible {
    /// As it is written: `192.0.2.7/24`.
    public var description: String { "\(address)/\(prefixLength)" }
}

extension InternetAddress {
    /// The bit at this place, the first one of the wire being 0.
    fileprivate func bit(_ index: Int) -> Bool { bytes[index / 8] & (0x80 >> UInt8(index % 8)) != 0 }
}
