/// A message bus, to call services and receive their signals. Code that needs a service depends on this protocol.
///
/// `SystemBus` is the real one.
public protocol MessageBus: Sendable {
    /// Calls a method and waits for the reply.
    ///
    /// - Returns: The values of the reply.
    /// - Throws: The error that the service replied, or why there is no reply: `DBusError.timeout`, `.disconnected`
    ///   and, as soon as the task is cancelled, `.cancelled`.
    func call(_ call: MethodCall) async throws(DBusError) -> [DBusValue]

    /// Subscribes to signals. From its return on, none is missed.
    ///
    /// To follow a service, subscribe first, then read its state, and do both again when the sequence of signals ends.
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
    /// How long to wait for the reply.
    public var timeout: Duration
    /// Whether polkit may ask for a password. A device has no user to enter it.
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
    /// The value of a property, without the variant around it.
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
        DBusError(message: "the reply of \(path) is not one of \(interface)")
    }
}
