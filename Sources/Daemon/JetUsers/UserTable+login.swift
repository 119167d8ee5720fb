public import JetProtocol

/// Who may be whom, and who may change whose password.
extension UserTable {
    /// What comes of a user's name and password.
    public enum Login: Hashable, Sendable {
        /// They belong together: these are the user's rights.
        case granted(Groups)
        /// Nobody is called so.
        case unknownUser
        /// It is not the password.
        case wrongPassword
    }

    /// Checks a password. This takes its time, by design.
    ///
    /// It takes as long for a name that nobody has as for one that somebody has, so that names are no cheaper to guess
    /// than passwords: then the password is checked against somebody else's, and the outcome thrown away.
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
        // Always the same one for a name, as long as the process lives.
        var hasher = Hasher()
        hasher.combine(name)
        let hash = hashes.isEmpty ? nil : hashes[Int(hasher.finalize().magnitude % UInt(hashes.count))]
        if let hash { _ = Crypt.matches(password, hash) } else { _ = try? Crypt.hash(password) }
    }

    /// Why a password is not changed.
    public enum Refusal: Error, Hashable, Sendable {
        /// Who asks may not do that.
        case forbidden
        /// Nobody is called so.
        case unknownUser
        /// It is none that could be hashed: empty, too long, or with a NUL.
        case unusablePassword
    }

    /// Gives a user another password: its own, or if who asks is an admin, anybody's; but never that of one who is
    /// `readonly`. Others hear nothing of who there is.
    ///
    /// - Parameters:
    ///   - asker: Who asks, under a name that was proved.
    ///   - method: What the hash is made with.
    public mutating func changePassword(
        of name: String, to password: Secret, by asker: String, method: Crypt.Method = .yescrypt
    ) throws(Refusal) {
        guard name.utf8.elementsEqual(asker.utf8) || self[asker]?.isAdmin == true else { throw .forbidden }
        guard var user = self[name] else { throw .unknownUser }
        guard !user.isReadOnly else { throw .forbidden }
        guard password.count > 0, let hash = try? Crypt.hash(password, by: method) else { throw .unusablePassword }
        user.hash = hash
        self[name] = user
    }
}
