import JSONText
public import JetProtocol

/// One *user*, as the users file has it.
public struct User: Hashable, Sendable {
    /// The hash of the password, as crypt(5) has them; `nil` for one who cannot log in.
    public var hash: String?
    /// What the user may see and do.
    public var groups: Groups
    /// Whether it may change the passwords of others.
    public var isAdmin: Bool
    /// Whether its password stays as it is, whoever wants it changed over the bus. (So it is for cjet, where it keeps
    /// those who share an account from locking each other out.)
    public var isReadOnly: Bool

    /// A user.
    public init(hash: String?, groups: Groups = Groups(), isAdmin: Bool = false, isReadOnly: Bool = false) {
        self.hash = hash
        self.groups = groups
        self.isAdmin = isAdmin
        self.isReadOnly = isReadOnly
    }
}

extension User {
    /// Reads `{"password", "auth"?: {"fetchGroups"?, "setGroups"?, "callGroups"?}, "admin"?, "readonly"?}`.
    ///
    /// - Parameter place: Where this stands, for errors.
    init(_ json: JSON, at place: String) throws(UserTableError) {
        guard let object = json.object else { throw UserTableError(at: place, "expected an object") }
        func flag(_ name: String) throws(UserTableError) -> Bool {
            guard let value = object[name] else { return false }
            guard let flag = value.bool else { throw UserTableError(at: "\(place).\(name)", "expected true or false") }
            return flag
        }
        let auth = object["auth"] ?? [:]
        guard auth.object != nil else { throw UserTableError(at: "\(place).auth", "expected an object") }
        func groups(_ name: String) throws(UserTableError) -> Set<String> {
            guard let value = auth[name] else { return [] }
            let names = value.array?.compactMap(\.string)
            guard let names, names.count == value.array?.count else {
                throw UserTableError(at: "\(place).auth.\(name)", "expected an array of strings")
            }
            return Set(names)
        }
        if let password = object["password"], password.string == nil {
            throw UserTableError(at: "\(place).password", "expected a string, a hash of crypt(5)")
        }
        self.init(
            hash: object["password"]?.string,
            groups: Groups(
                fetch: try groups("fetchGroups"), set: try groups("setGroups"), call: try groups("callGroups")),
            isAdmin: try flag("admin"), isReadOnly: try flag("readonly"))
    }

    /// Writes the user over what was there; members that mean nothing here stay.
    func json(over former: JSON?) -> JSON {
        var object = former?.object ?? [:]
        object["password"] = hash.map(JSON.string)
        var auth = object["auth"]?.object ?? [:]
        for (name, groups) in [
            ("fetchGroups", groups.fetch), ("setGroups", groups.set), ("callGroups", groups.call),
        ] {
            // A list that says the same keeps its order.
            let isSame = auth[name]?.array.map { Set($0.compactMap(\.string)) == groups } ?? false
            if !isSame { auth[name] = .array(groups.sorted().map(JSON.string)) }
        }
        object["auth"] = .object(auth)
        for (name, flag) in [("admin", isAdmin), ("readonly", isReadOnly)] where (object[name]?.bool ?? false) != flag {
            object[name] = flag ? true : nil
        }
        return .object(object)
    }
}
