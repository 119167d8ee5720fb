public import JSONText

// Partial sets: what is not named stays, what is `null` goes back to what it would be without any change.

extension LinkSettings {
    /// The maximum number of addresses, and of name servers, of one link: a larger number is considered a mistake.
    public static let maximumCount = 16

    /// These settings with the members of `change` in the place of theirs.
    ///
    /// A change of `mode` from `static` to `dhcp` takes addresses, gateway and name servers away that it does not name:
    /// from now on DHCP brings them.
    ///
    /// - Parameters:
    ///   - change: An object of some of the members of `json`.
    ///   - base: What a member goes back to when it is set to `null`.
    ///   - ignoring: Members that are shown beside the settings and cannot be set: naming one with its current value is
    ///     not an error, because a peer that sets the whole value sends them back.
    /// - Throws: `FieldError` if the result is not a valid configuration of a link; the field is empty if `change` is
    ///   not an object.
    public func merging(_ change: JSON, base: LinkSettings, ignoring: JSON.Object = [:]) throws(FieldError)
        -> LinkSettings
    {
        guard let members = change.object else {
            throw FieldError("", "The settings must be an object such as {\"mode\": \"dhcp\"}.")
        }
        var result = self
        for member in members where members[member.name] != nil {
            let (name, value) = (member.name, member.value)
            switch name {
            case "mode": result.mode = try value.isNull ? base.mode : Self.word(value, name)
            case "addresses": result.addresses = try value.isNull ? base.addresses : Self.addresses(value)
            case "gateway": result.gateways = try value.isNull ? base.gateways : Self.gateways(value)
            case "dns": result.dns = try value.isNull ? base.dns : Self.list(value, name)
            case "ipv6": result.ipv6 = try value.isNull ? base.ipv6 : Self.word(value, name)
            case "mtu": result.mtu = try value.isNull ? base.mtu : Self.mtu(value)
            default:
                if let known = ignoring[name] {
                    if known == value { continue }
                    throw FieldError(name, "cannot be set.")
                }
                throw FieldError(
                    name, "is no member of the settings: mode, addresses, gateway, dns, ipv6 and mtu are.")
            }
        }
        if mode == .static, result.mode == .dhcp {
            if members["addresses"] == nil { result.addresses = [] }
            if members["gateway"] == nil { result.gateways = [] }
            if members["dns"] == nil { result.dns = [] }
        }
        try result.validate()
        result.gateways.sort { $0.isIPv4 && !$1.isIPv4 }
        return result
    }

    /// Reads settings as `json` writes them; every member must be there, and no other.
    ///
    /// - Throws: `FieldError` if they are not what a link can be told to be.
    public init(parsing value: JSON) throws(FieldError) {
        for name in ["mode", "addresses", "gateway", "dns", "ipv6", "mtu"] where value[name] == nil {
            throw FieldError(name, "is missing.")
        }
        self = try LinkSettings().merging(value, base: LinkSettings())
    }

    private static func word<Word: RawRepresentable & CaseIterable>(_ value: JSON, _ field: String) throws(FieldError)
        -> Word where Word.RawValue == String
    {
        guard let word = value.string.flatMap(Word.init(rawValue:)) else {
            let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw FieldError(field, "must be one of \(words).")
        }
        return word
    }

    private static func addresses(_ value: JSON) throws(FieldError) -> [InterfaceAddress] {
        var addresses: [InterfaceAddress] = []
        for (index, element) in try elements(value, "addresses").enumerated() {
            let field = "addresses[\(index)]"
            guard let text = element.string else { throw FieldError(field, "must be a string.") }
            do throws(InterfaceAddress.Malformed) {
                addresses.append(try InterfaceAddress(parsing: text))
            } catch {
                throw FieldError(field, error.reason + ".")
            }
        }
        return addresses
    }

    private static func gateways(_ value: JSON) throws(FieldError) -> [InternetAddress] {
        if value.array != nil { return try list(value, "gateway") }
        return [try address(value, "gateway")]
    }

    private static func list(_ value: JSON, _ field: String) throws(FieldError) -> [InternetAddress] {
        var addresses: [InternetAddress] = []
        for (index, element) in try elements(value, field).enumerated() {
            addresses.append(try address(element, "\(field)[\(index)]"))
        }
        return addresses
    }

    private static func elements(_ value: JSON, _ field: String) throws(FieldError) -> [JSON] {
        guard let elements = value.array else { throw FieldError(field, "must be a list.") }
        guard elements.count <= maximumCount else {
            throw FieldError(field, "must not have more than \(maximumCount).")
        }
        return elements
    }

    private static func address(_ value: JSON, _ field: String) throws(FieldError) -> InternetAddress {
        guard let address = value.string.flatMap(InternetAddress.init) else {
            throw FieldError(field, "must be an IPv4 or IPv6 address.")
        }
        return address
    }

    private static func mtu(_ value: JSON) throws(FieldError) -> Int {
        guard let mtu = value.int else { throw FieldError("mtu", "must be a whole number.") }
        return mtu
    }
}
