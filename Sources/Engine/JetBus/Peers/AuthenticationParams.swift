import JSONText
import JetProtocol

/// The params `user` and `password`.
struct NamedPassword {
    let user: String
    let password: Secret

    /// There are no users with longer names, in bytes.
    static var longestName: Int { 1024 }
    /// crypt(3) accepts no password of this many bytes. A longer one is cut, and refused like a whole one.
    private static var longestPassword: Int { 512 }

    init(of request: borrowing Request) throws(ErrorObject) {
        let user = try request.requiredString("user")
        let password = try request.requiredString("password")
        let text = request.text.bytes
        self.user = user.string(in: text)
        guard password.hasEscapes else {
            let bytes = request.bytes(password.content)
            self.password = Secret(UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.longestPassword)))
            return
        }
        var decoded = password.decoded(in: text)
        if decoded.count > Self.longestPassword { decoded.removeLast(decoded.count - Self.longestPassword) }
        self.password = Secret(moving: &decoded)
    }
}

extension Bus.PairingTerms {
    /// The params of `offerPairing`.
    init(of request: borrowing Request) throws(ErrorObject) {
        self.init(user: nil, groups: [ProtocolLimits.offerGroup], seconds: ProtocolLimits.offerSeconds)
        if request.optional("user") != nil { user = try request.requiredName("user") }
        if let range = request.optional("groups") { groups = try Self.groups(request.value(range), request) }
        if let range = request.optional("seconds") {
            guard let number = request.value(range).int, ProtocolLimits.offerRange.contains(number) else {
                throw .wrongType("seconds", got: request.params)
            }
            seconds = number
        }
    }

    private static func groups(_ value: JSON, _ request: borrowing Request) throws(ErrorObject) -> Set<String> {
        let names = value.array?.compactMap(\.string).filter { PeerName.isValid($0) && !$0.isEmpty } ?? []
        guard names.count == value.array?.count, names.count <= ProtocolLimits.offerGroups else {
            throw .wrongType("groups", got: request.params)
        }
        return Set(names)
    }
}

extension Request {
    /// The param called `name`, which must be a string.
    func requiredText(_ name: StaticString) throws(ErrorObject) -> String {
        try requiredString(name).string(in: text.bytes)
    }

    /// The param called `name`, which must be a string that can stand in one line of a log or a table, and not be empty.
    func requiredName(_ name: StaticString) throws(ErrorObject) -> String {
        let string = try requiredString(name)
        guard string.content.count <= 6 * ProtocolLimits.nameLength else { throw .wrongType(name, got: params) }
        let text = string.string(in: text.bytes)
        guard !text.isEmpty, PeerName.isValid(text) else { throw .wrongType(name, got: params) }
        return text
    }
}
