import JSONText
public import JetProtocol

/// A user in the users file.
public struct User: Hashable, Sendable {
    /// The hash of the password, in the form of crypt(5); `nil` for a user that cannot log in with a
    /// password.
    public var hash: String?
    /// The groups of the user.
    public var groups: Groups
    /// Whether it may change the passwords of others.
    public var isAdmin: Bool
    /// Its client keys.
    public var keys: [Key]
    /// Whether the password cannot be changed over the bus. (As in cjet, so that peers that share an account cannot lock each
    /// other out.)
    public var isReadOnly: Bool
    /// Whether a pairing has created it. Without a key and a password, it is then removed.
    public var isPaired: Bool

    /// A user.
    public init(
        hash: String?, groups: Groups = Groups(), isAdmin: Bool = false, isReadOnly: Bool = false,
        isPaired: Bool = false, keys: [Key] = []
    ) {
        self.hash = hash
        self.keys = keys
        self.groups = groups
        self.isAdmin = isAdmin
        self.isReadOnly = isReadOnly
        self.isPaired = isPaired
    }
}

extension User {
    /// Reads `{"password", "auth"?: {"fetchGroups"?, "setGroups"?, "callGroups"?}, "admin"?, "readonly"?, "keys"?}`.
    ///
    /// - Parameter place: The position in the file, for errors.
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
            isAdmin: try flag("admin"), isReadOnly: try flag("readonly"),
            isPaired: try flag("paired"), keys: try Key.keys(object["keys"], at: place))
    }

    /// Replaces the members of a user, and keeps unknown members.
    func json(over former: JSON?) -> JSON {
        var object = former?.object ?? [:]
        object["password"] = hash.map(JSON.string)
        var auth = object["auth"]?.object ?? [:]
        for (name, groups) in [
            ("fetchGroups", groups.fetch), ("setGroups", groups.set), ("callGroups", groups.call),
        ] {
            // A list with the same groups keeps its order.
            let isSame = auth[name]?.array.map { Set($0.compactMap(\.string)) == groups } ?? false
            if !isSame { auth[name] = .array(groups.sorted().map(JSON.string)) }
        }
        object["auth"] = .object(auth)
        for (name, flag) in [
            ("admin", isAdmin), ("readonly", isReadOnly), ("paired", isPaired),
        ] where (object[name]?.bool ?? false) != flag {
            object[name] = flag ? true : nil
        }
        object["keys"] = Key.json(keys, over: object["keys"])
        return .object(object)
    }
}
