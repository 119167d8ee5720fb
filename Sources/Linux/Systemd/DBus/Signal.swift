/// A signal, sent by a service to all subscribers.
public struct Signal: Hashable, Sendable {
    /// The unique name of the sender, such as `:1.4`; the bus itself is `org.freedesktop.DBus`.
    public var sender: String
    /// The object it comes from.
    public var path: String
    /// The interface that defines it.
    public var interface: String
    /// Its name.
    public var member: String
    /// Its arguments.
    public var arguments: [DBusValue]

    /// A signal with all its parts.
    public init(
        sender: String = "", path: String, interface: String, member: String, arguments: [DBusValue] = []
    ) {
        self.sender = sender
        self.path = path
        self.interface = interface
        self.member = member
        self.arguments = arguments
    }
}

/// Which signals to listen for, by the D-Bus Specification's "Match Rules". What is `nil` may be anything.
public struct SignalMatch: Hashable, Sendable {
    /// The sender: a bus name. For a well-known name, only signals of its present owner match: any program may send a
    /// signal to a peer, and forge everything in it but the sender.
    public var sender: String?
    /// The object.
    public var path: String?
    /// This object or one below it.
    public var pathNamespace: String?
    /// The interface.
    public var interface: String?
    /// The name.
    public var member: String?
    /// The first argument, a string.
    public var argument0: String?

    /// A match with all its parts.
    public init(
        sender: String? = nil, path: String? = nil, pathNamespace: String? = nil, interface: String? = nil,
        member: String? = nil, argument0: String? = nil
    ) {
        self.sender = sender
        self.path = path
        self.pathNamespace = pathNamespace
        self.interface = interface
        self.member = member
        self.argument0 = argument0
    }

    /// Changes of the properties of an object, or of the objects below `pathNamespace`: signals with the interface, a
    /// dictionary of the new values, and the names of properties that changed but whose values are not sent.
    public static func propertiesChanged(
        sender: String, path: String? = nil, pathNamespace: String? = nil, interface: String? = nil
    ) -> SignalMatch {
        SignalMatch(
            sender: sender, path: path, pathNamespace: pathNamespace, interface: "org.freedesktop.DBus.Properties",
            member: "PropertiesChanged", argument0: interface)
    }

    /// Changes of the owner of a name: signals with the name, its old owner and its new one (empty for none).
    public static func nameOwnerChanged(_ name: String) -> SignalMatch {
        SignalMatch(
            sender: "org.freedesktop.DBus", path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus",
            member: "NameOwnerChanged", argument0: name)
    }

    /// Whether `signal` matches, except for the sender: the owner of its name is not known here.
    public func covers(_ signal: Signal) -> Bool {
        if let path, path != signal.path { return false }
        if let interface, interface != signal.interface { return false }
        if let member, member != signal.member { return false }
        if let pathNamespace, pathNamespace != "/", signal.path != pathNamespace,
            !signal.path.hasPrefix(pathNamespace + "/")
        {
            return false
        }
        if let argument0 {
            guard case .string(let text)? = signal.arguments.first, text == argument0 else { return false }
        }
        return true
    }

    /// The rule in the syntax of the bus. An apostrophe in a value is written outside of the quotes, with a backslash.
    var rule: String {
        let keys = [
            ("sender", sender), ("path", path), ("path_namespace", pathNamespace), ("interface", interface),
            ("member", member), ("arg0", argument0),
        ]
        let parts = keys.compactMap { key, value in
            value.map { text in
                "\(key)='"
                    + text.split(separator: "'", omittingEmptySubsequences: false)
                    .joined(separator: "'\\''") + "'"
            }
        }
        return (["type='signal'"] + parts).joined(separator: ",")
    }
}

/// Signals as they arrive, for one consumer.
///
/// The sequence ends when the connection to the bus ends, and also when the consumer has fallen `capacity` signals
/// behind: in both cases signals were missed, and the state must be read again.
public struct SignalSequence: AsyncSequence, Sendable {
    /// A signal.
    public typealias Element = Signal
    /// It ends; it does not fail.
    public typealias Failure = Never

    /// How many signals wait for a consumer at most.
    public static let capacity = 4096

    private let stream: AsyncStream<Signal>

    /// The signals of `stream`.
    public init(_ stream: AsyncStream<Signal>) { self.stream = stream }

    /// A sequence, and where to put its signals.
    public static func make() -> (sequence: SignalSequence, continuation: AsyncStream<Signal>.Continuation) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Signal.self, bufferingPolicy: .bufferingOldest(capacity))
        return (SignalSequence(stream), continuation)
    }

    /// The signals from now on.
    public func makeAsyncIterator() -> AsyncStream<Signal>.Iterator { stream.makeAsyncIterator() }
}
