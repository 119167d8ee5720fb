/// A message bus to call services over and to hear their signals: what those who need a service depend on.
///
/// `SystemBus` is the real one.
public protocol MessageBus: Sendable {
    /// Calls a method and waits for its answer.
    ///
    /// - Returns: The values of the answer.
    /// - Throws: What the service answered, or why there is no answer: `DBusError.timeout`, `.disconnected` and, as soon
    ///   as the task is cancelled, `.cancelled`.
    func call(_ call: MethodCall) async throws(DBusError) -> [DBusValue]

    /// Listens for signals. When this has returned, none is missed.
    ///
    /// Who follows a service listens first, then asks for what is so now, and does both again when the signals end.
    func signals(_ match: SignalMatch) async throws(DBusError) -> SignalSequence
}

/// A call of a method, to be sent.
public struct MethodCall: Hashable, Sendable {
    /// Whose method: a bus name such as `org.freedesktop.login1`, which is started if it can be.
    public var destination: String
    /// Of which object, such as `/org/freedesktop/login1`.
    public var path: String
    /// Of which of its interfaces.
    public var interface: String
    /// The method.
    public var member: String
    /// What it is given.
    public var arguments: [DBusValue]
    /// How long to wait for the answer.
    public var timeout: Duration
    /// Whether somebody may be asked for a password, which on a device means to wait for nobody.
    public var allowInteractiveAuthorization: Bool

    /// A call with all its parts.
    public init(
        destination: String, path: String, interface: String, member: String, arguments: [DBusValue] = [],
        timeout: Duration = .seconds(25), allowInteractiveAuthorization: Bool = false
    ) {
        self.destination = destination
        self.path = path
        self.interface = interface
        self.member = member
        self.arguments = arguments
        self.timeout = timeout
        self.allowInteractiveAuthorization = allowInteractiveAuthorization
    }
}

extension MessageBus {
    /// What a property of an object is now, without the variant around it.
    public func property(
        _ name: String, of interface: String, at path: String, destination: String
    ) async throws(DBusError) -> DBusValue {
        let answer = try await call(
            MethodCall(
                destination: destination, path: path, interface: Properties.interface, member: "Get",
                arguments: [.string(interface), .string(name)]))
        guard let value = answer.first else { throw Properties.nonsense(path) }
        return value.unwrapped
    }

    /// All properties of one interface of an object, without the variants around them.
    public func properties(
        of interface: String, at path: String, destination: String
    ) async throws(DBusError) -> [String: DBusValue] {
        let answer = try await call(
            MethodCall(
                destination: destination, path: path, interface: Properties.interface, member: "GetAll",
                arguments: [.string(interface)]))
        guard let members = answer.first?.dictionary else { throw Properties.nonsense(path) }
        return members
    }
}

private enum Properties {
    static let interface = "org.freedesktop.DBus.Properties"

    static func nonsense(_ path: String) -> DBusError {
        DBusError(message: "the answer of \(path) is not one of \(interface)")
    }
}
