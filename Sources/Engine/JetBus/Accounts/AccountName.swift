/// Who is charged for what a peer does and keeps (jet-protocol(7) §7.5): the system's user that runs it, else the user as
/// which it has authenticated, else its address.
///
/// All connections of one account share its quotas, so a peer gains nothing by opening more of them.
public enum AccountName: Hashable, Sendable, CustomStringConvertible {
    /// The system's user of this number.
    case userID(UInt32)
    /// The user of the users file with this name.
    case login(String)
    /// A machine, by its address without the port.
    case address(String)
    /// All peers of whom nothing is known.
    case unknown

    /// The form in errors, in the log and in the result of `peers`: `uid 1000`, `user admin`, `address 192.0.2.7`, `unknown`.
    public var description: String {
        switch self {
        case .userID(let number): "uid \(number)"
        case .login(let name): "user \(name)"
        case .address(let address): "address \(address)"
        case .unknown: "unknown"
        }
    }

    /// The account of a peer.
    ///
    /// A user of the system stays charged whatever user it authenticates as: otherwise a program that knows several
    /// passwords would have several quotas.
    init(_ credentials: Credentials, user: String?) {
        if let number = credentials.userID {
            self = .userID(number)
        } else if let user {
            self = .login(user)
        } else if let address = credentials.address {
            self = .address(address)
        } else {
            self = .unknown
        }
    }
}
