public import JetProtocol

/// Authentication and changes of passwords.
extension UserTable {
    /// The result of an authentication.
    public enum Login: Hashable, Sendable {
        /// The password is right. These are the groups of the user.
        case granted(Groups)
        /// There is no such user.
        case unknownUser
        /// The password is wrong.
        case wrongPassword
    }

    /// Checks a password. This is slow by design.
    ///
    /// It takes the same time for an unknown name, so that the time does not reveal which users exist: the password is then
    /// checked against the hash of another user, and the result is ignored.
    public func login(_ name: String, _ password: Secret) -> Login {
        guard let user = self[name] else {
            spendTime(on: password, for: name)
            return .unknownUser
        }
        guard let hash = user.hash, Crypt.isHash(hash) else {
            spendTime(on: password, for: name)
            return .wrongPassword
        }
        return Crypt.matches(password, hash) ? .granted(user.groups) : .wrongPassword
    }

    private func spendTime(on password: Secret, for name: String) {
        let hashes = hashes.filter(Crypt.isHash)
        // Always the same hash for a name during the lifetime of the process.
        var hasher = Hasher()
        hasher.combine(name)
        let hash = hashes.isEmpty ? nil : hashes[Int(hasher.finalize().magnitude % UInt(hashes.count))]
        if let hash { _ = Crypt.matches(password, hash) } else { _ = try? Crypt.hash(password) }
    }

    /// Why a password cannot be changed.
    public enum Refusal: Error, Hashable, Sendable {
        /// The asking user is not permitted to do that.
        case forbidden
        /// There is no such user.
        case unknownUser
        /// The new password is empty, too long, or has a NUL.
        case unusablePassword
    }

    /// Changes the password of a user. Users may change their own password, admins that of all users, but not of users that
    /// are `readonly`. The error for other users does not reveal whether `name` exists.
    ///
    /// - Parameters:
    ///   - asker: The authenticated user that asks.
    ///   - method: The method of hashing.
    public mutating func changePassword(
        of name: String, to password: Secret, by asker: String, method: Crypt.Method = .yescrypt
    ) throws(Refusal) {
        let isAdmin = self[asker]?.isAdmin == true
        guard name.utf8.elementsEqual(asker.utf8) || isAdmin else { throw .forbidden }
        guard var user = self[name] else { throw .unknownUser }
        // A password of a user that logs in by a key would outlive the key.
        guard user.hash != nil || isAdmin else { throw .forbidden }
        guard !user.isReadOnly else { throw .forbidden }
        guard password.count > 0, let hash = try? Crypt.hash(password, by: method) else { throw .unusablePassword }
        user.hash = hash
        self[name] = user
    }
}
